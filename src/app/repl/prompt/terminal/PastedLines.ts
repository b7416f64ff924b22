/**
 * Pasted text as lines of commands. Quotes may stay open over the end of a
 * line: then the next one belongs to the same command, which is spelled on one
 * line. Pure.
 */
import { scanWords } from "../../../Words.ts"
import { quoted } from "../../../Quoting.ts"

export interface PastedLines {
  /** Whole commands, each with a line end behind it. */
  readonly lines: ReadonlyArray<string>
  /** What stands behind the last line end: still to be finished. */
  readonly rest: string
}

/** @param before what the line holds already, in front of the pasted text */
export const pastedLines = (before: string, text: string): PastedLines => {
  const pieces = (before + text).replaceAll(/\r\n?/g, "\n").split("\n")
  const rest = pieces.pop() ?? ""
  const lines: Array<string> = []
  let open: string | undefined
  for (const piece of pieces) {
    const line: string = open === undefined ? piece : `${open}\n${piece}`
    if (isOpen(line)) open = line
    else {
      lines.push(onOneLine(line))
      open = undefined
    }
  }
  if (open === undefined) return { lines, rest }
  const last = `${open}\n${rest}`
  return isOpen(last) ? { lines, rest: last.replaceAll("\n", " ") } : { lines, rest: onOneLine(last) }
}

const isOpen = (line: string): boolean => {
  const { error, words } = scanWords(line, "utf8")
  return error !== undefined && words[words.length - 1]?.isClosed === false
}

/** Words that hold a line end, spelled with an escape in its place. */
const onOneLine = (line: string): string => {
  if (!line.includes("\n")) return line
  let spelled = ""
  let end = 0
  for (const word of scanWords(line, "utf8").words) {
    const typed = line.slice(word.start, word.end)
    spelled += line.slice(end, word.start).replaceAll("\n", " ")
    spelled += typed.includes("\n") ? quoted(word.value) : typed
    end = word.end
  }
  return spelled + line.slice(end).replaceAll("\n", " ")
}
