/** Text with colours for a terminal: how wide it is, and where it is to be cut. Pure but for `hasColours`. */

export type Colour = "green" | "yellow" | "red" | "grey" | "cyan"

const CODES: Readonly<Record<Colour, number>> = { green: 32, yellow: 33, red: 31, grey: 90, cyan: 36 }
const RESET = "\u001b[0m"

/** Colours are asked not to be used by NO_COLOR, whatever its value unless empty (no-color.org). */
const hasColours = (): boolean => (process.env["NO_COLOR"] ?? "") === ""

/** Only for what is drawn on a terminal. */
export const coloured = (text: string, colour: Colour): string =>
  text === "" || !hasColours() ? text : `\u001b[${CODES[colour]}m${text}${RESET}`

const PIECES = /\u001b\[[0-9;]*m|[^\u001b]+|\u001b/g

const isCode = (piece: string): boolean => piece.startsWith("\u001b[")

/** Characters that take up room. */
export const visibleLength = (text: string): number => {
  let length = 0
  for (const [piece] of text.matchAll(PIECES)) if (!isCode(piece)) length += piece.length
  return length
}

/** At most `width` characters of the text; its colours end where it is cut. */
export const cutToWidth = (text: string, width: number): string => {
  if (visibleLength(text) <= width) return text
  let room = width
  let cut = ""
  for (const [piece] of text.matchAll(PIECES)) {
    if (isCode(piece)) {
      cut += piece
      continue
    }
    cut += piece.slice(0, room)
    room -= piece.length
    if (room <= 0) break
  }
  return cut.includes("\u001b[") ? `${cut}${RESET}` : cut
}
