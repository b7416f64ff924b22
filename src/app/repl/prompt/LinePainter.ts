/** The line being typed, in colours by what its words are. Pure. */
import { coloured, type Colour } from "../../TerminalText.ts"
import type { LineReading, LineRole } from "./syntax/LineReading.ts"

const COLOURS: Readonly<Record<LineRole, Colour | undefined>> = {
  prefix: "grey",
  command: "green",
  key: "cyan",
  token: "yellow",
  number: undefined,
  value: undefined,
  wrong: "red",
  "foreign slot": "red"
}

/** As wide as the line. */
export const paintLine = (line: string, { words }: LineReading): string => {
  let painted = ""
  let end = 0
  for (const { role, word } of words) {
    const text = line.slice(word.start, word.end)
    const colour = COLOURS[role]
    painted += line.slice(end, word.start) + (colour === undefined ? text : coloured(text, colour))
    end = word.end
  }
  return painted + line.slice(end)
}
