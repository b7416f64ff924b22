/**
 * What a terminal sends, taken apart: keys, and text that was pasted, as far as
 * the terminal tells the two apart (bracketed paste). Pure but for what is kept
 * of a mark that comes in two pieces.
 *
 * Source: https://invisible-island.net/xterm/ctlseqs/ctlseqs.html#h2-Bracketed-Paste-Mode
 */
export interface TypedPart {
  readonly isPaste: boolean
  readonly text: string
}

export const BRACKETED_PASTE_ON = "\u001b[?2004h"
export const BRACKETED_PASTE_OFF = "\u001b[?2004l"
const BEGIN = "\u001b[200~"
const END = "\u001b[201~"

export class TypedInput {
  /** The beginning of what may become a mark. */
  private rest = ""
  private pasted: string | undefined

  push(chunk: string): ReadonlyArray<TypedPart> {
    const parts: Array<TypedPart> = []
    let text = this.rest + chunk
    this.rest = ""
    for (;;) {
      const mark = this.pasted === undefined ? BEGIN : END
      const found = text.indexOf(mark)
      if (found < 0) break
      const before = text.slice(0, found)
      if (this.pasted === undefined) {
        if (before !== "") parts.push({ isPaste: false, text: before })
        this.pasted = ""
      } else {
        parts.push({ isPaste: true, text: this.pasted + before })
        this.pasted = undefined
      }
      text = text.slice(found + mark.length)
    }
    if (this.pasted !== undefined) {
      const kept = keptLength(text, END)
      this.pasted += text.slice(0, text.length - kept)
      this.rest = text.slice(text.length - kept)
      return parts
    }
    // A lone escape is a key of its own; only what can be nothing but a mark waits for its end.
    const kept = keptLength(text, BEGIN)
    const length = kept > SHORTEST_MARK ? text.length - kept : text.length
    this.rest = text.slice(length)
    if (length > 0) parts.push({ isPaste: false, text: text.slice(0, length) })
    return parts
  }
}

/** ESC [ 2 alone begins other keys too. */
const SHORTEST_MARK = 3

/** How much of the text's end may be the beginning of the mark. */
const keptLength = (text: string, mark: string): number => {
  for (let length = Math.min(mark.length - 1, text.length); length > 0; length--) {
    if (mark.startsWith(text.slice(-length))) return length
  }
  return 0
}
