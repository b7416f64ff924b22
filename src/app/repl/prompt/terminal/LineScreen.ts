/** What is drawn of a line being typed beside what readline draws: its colours, the hint behind it, the row of a search. */

export interface LineView {
  /** The line with its colours; as wide as it is without. */
  readonly painted: string
  /** Shown behind the line, if there is room for it. */
  readonly hint: string
}

/** Where the cursor is, counted from where the prompt begins. */
export interface CursorPlace {
  readonly cols: number
  readonly rows: number
}

export interface DrawnLine {
  readonly text: string
  readonly cursor: number
  readonly place: CursorPlace
  /** Whether there is to be a hint. */
  readonly isHinted: boolean
}

const SAVE_CURSOR = "\u001b7"
const RESTORE_CURSOR = "\u001b8"
const ERASE_BELOW = "\u001b[J"
const DEFAULT_COLUMNS = 80

export class LineScreen {
  prompt: string
  private readonly output: NodeJS.WriteStream
  private readonly view: (line: string) => LineView
  private readonly paintHint: (hint: string) => string
  /** Whether a search has taken the place of what readline has drawn: one row. */
  private isSearching = false

  constructor(
    output: NodeJS.WriteStream,
    prompt: string,
    view: (line: string) => LineView,
    paintHint: (hint: string) => string
  ) {
    this.output = output
    this.prompt = prompt
    this.view = view
    this.paintHint = paintHint
  }

  /** The line as readline has drawn it, once more in colour, and the hint. */
  draw({ cursor, isHinted, place, text }: DrawnLine): void {
    const { hint, painted } = this.view(text)
    const room = this.columns - place.cols - 1
    const shown = isHinted && cursor === text.length && room > 0 ? hint.slice(0, room) : ""
    const line = `${this.prompt}${painted}${this.paintHint(shown)}`
    this.output.write(`${SAVE_CURSOR}\r${up(place.rows)}${ERASE_BELOW}${line}${RESTORE_CURSOR}`)
  }

  /** In one row at most, so that it can be taken away again. */
  drawSearch(text: string, place: CursorPlace): void {
    this.clear(place)
    this.output.write(text.slice(0, this.columns - 1))
    this.isSearching = true
  }

  endSearch(place: CursorPlace): void {
    this.clear(place)
    this.isSearching = false
  }

  /** Takes away the prompt and what follows it. `place`: where readline believes the cursor to be. */
  clear({ rows }: CursorPlace): void {
    this.output.write(`\r${up(this.isSearching ? 0 : rows)}${ERASE_BELOW}`)
  }

  private get columns(): number {
    return this.output.columns || DEFAULT_COLUMNS
  }
}

const up = (rows: number): string => (rows > 0 ? `\u001b[${rows}A` : "")
