/** Ctrl-R: the latest line of the history that holds what is typed. Pure but for where it is. */
export class HistorySearch {
  /** The latest first. */
  private readonly history: ReadonlyArray<string>
  private index = 0
  query = ""

  constructor(history: ReadonlyArray<string>) {
    this.history = history
  }

  /** `undefined`: there is none. */
  get match(): string | undefined {
    return this.query === "" ? undefined : this.history[this.index]
  }

  type(text: string): void {
    this.query += text
    this.find(this.index)
  }

  erase(): void {
    this.query = [...this.query].slice(0, -1).join("")
    this.find(0)
  }

  /** To the next one that is not the same line; stays at the last there is. */
  older(): void {
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
