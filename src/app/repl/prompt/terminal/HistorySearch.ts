/** Ctrl-R: the latest line of the history that holds what is typed. Pure but for where it is. */
const CTRL_C = "\u0003"
const CTRL_G = "\u0007"
const CTRL_R = "\u0012"
const ESCAPE = "\u001b"
const BACKSPACES: ReadonlyArray<string> = ["\b", "\u007f"]
/** Every character is a key, and so is a sequence that begins with an escape. */
const KEYS = /\u001b\[[0-9;]*[A-Za-z~]|\u001bO.|[\s\S]/gu

export type SearchState =
  | "searching"
  /** The line is as it was. */
  | "cancelled"
  /** What was found is the line from here on. */
  | "taken"
  /** The same, and the key has still to do what it does. */
  | "taken for the key"

export class HistorySearch {
  /** The latest first. */
  private readonly history: ReadonlyArray<string>
  private index = 0
  private query = ""

  constructor(history: ReadonlyArray<string>) {
    this.history = history
  }

  static keyAt(text: string, position: number): string {
    KEYS.lastIndex = position
    return KEYS.exec(text)![0]
  }

  /** What stands in the place of the line meanwhile. */
  get text(): string {
    const failed = this.query !== "" && this.match === undefined ? "failed " : ""
    return `(${failed}reverse-i-search)'${this.query}': ${this.match ?? ""}`
  }

  press(key: string): SearchState {
    if (key === CTRL_C || key === CTRL_G) return "cancelled"
    if (key === CTRL_R) this.older()
    else if (BACKSPACES.includes(key)) this.erase()
    else if (key >= " ") this.type(key)
    else return key === ESCAPE ? "taken" : "taken for the key"
    return "searching"
  }

  /** `undefined`: there is none. */
  get match(): string | undefined {
    return this.query === "" ? undefined : this.history[this.index]
  }

  private type(text: string): void {
    this.query += text
    this.find(this.index)
  }

  private erase(): void {
    this.query = [...this.query].slice(0, -1).join("")
    this.find(0)
  }

  /** To the next one that is not the same line; stays at the last there is. */
  private older(): void {
    const current = this.match
    for (let index = this.index + 1; index < this.history.length; index++) {
      if (this.history[index] !== current && this.history[index].includes(this.query)) {
        this.index = index
        return
      }
    }
  }

  private find(from: number): void {
    const found = this.history.findIndex((line, index) => index >= from && line.includes(this.query))
    this.index = found < 0 ? this.history.length : found
  }
}
