/**
 * What a person sees of what a program has written to its terminal: as much of
 * a VT100 as the prompt uses, on a screen of a fixed size that scrolls.
 */
const CONTROL = /\u001b\[([?0-9;]*)([A-Za-z])|\u001b([78])|[\r\n\b\u0007]|[^\u001b\r\n\b\u0007]+|\u001b/g

export class Screen {
  private readonly columns: number
  private readonly rows: number
  /** All that was ever shown: what has scrolled away stays in front. */
  private lines: Array<Array<string>> = [[]]
  private top = 0
  private row = 0
  private column = 0
  private saved = { row: 0, column: 0 }
  private rest = ""

  constructor(columns: number, rows: number) {
    this.columns = columns
    this.rows = rows
  }

  write(chunk: string): void {
    const text = this.rest + chunk
    // The beginning of a sequence waits for its end.
    const cut = /\u001b(?:\[[?0-9;]*)?$/.exec(text)
    this.rest = cut === null ? "" : cut[0]
    for (const [whole, parameters, final, cursor] of (cut === null
      ? text
      : text.slice(0, cut.index)
    ).matchAll(CONTROL)) {
      if (final !== undefined) this.sequence(parameters, final)
      else if (cursor === "7") this.saved = { row: this.row, column: this.column }
      else if (cursor === "8") ({ row: this.row, column: this.column } = this.saved)
      else if (whole === "\r") this.column = 0
      else if (whole === "\n") this.down()
      else if (whole === "\b") this.column = Math.max(0, this.column - 1)
      else if (whole !== "\u0007" && whole !== "\u001b") for (const character of whole) this.put(character)
    }
  }

  /** Every line so far. */
  get text(): string {
    return this.lines.map((line) => line.join("")).join("\n")
  }

  /** What has not scrolled away. */
  get visible(): string {
    return this.lines
      .slice(this.top)
      .map((line) => line.join(""))
      .join("\n")
  }

  /** The line with the cursor. */
  get line(): string {
    return (this.lines[this.row] ?? []).join("")
  }

  /** Where the cursor is in its line. */
  get cursor(): number {
    return this.column
  }

  private put(character: string): void {
    if (this.column === this.columns) {
      this.column = 0
      this.down()
    }
    const line = (this.lines[this.row] ??= [])
    while (line.length < this.column) line.push(" ")
    line[this.column++] = character
  }

  private down(): void {
    this.row++
    this.lines[this.row] ??= []
    this.top = Math.max(this.top, this.row - this.rows + 1)
  }

  private sequence(parameters: string, final: string): void {
    const first = Number(parameters.split(";")[0] || (final === "J" || final === "K" ? 0 : 1))
    switch (final) {
      case "A":
        this.row = Math.max(this.top, this.row - first)
        return
      case "B":
        this.row = Math.min(this.top + this.rows - 1, this.row + first)
        this.lines[this.row] ??= []
        return
      case "C":
        this.column = Math.min(this.columns - 1, this.column + first)
        return
      case "D":
        this.column = Math.max(0, this.column - first)
        return
      case "G":
        this.column = first - 1
        return
      case "H":
        this.row = this.top
        this.column = 0
        return
      case "J":
        if (first === 2) this.lines.length = this.top
        else this.lines.length = Math.min(this.lines.length, this.row + 1)
        this.lines[this.row] ??= []
        for (let row = this.top; row < this.row; row++) this.lines[row] ??= []
        if (first !== 2) this.lines[this.row].length = Math.min(this.lines[this.row].length, this.column)
        return
      case "K":
        this.lines[this.row].length = Math.min(this.lines[this.row].length, this.column)
    }
  }
}
