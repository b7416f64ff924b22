/** CLIENT PAUSE, of the proxy's clients: their commands wait, all or those that may write, until it is over. */
export class ClientPause {
  isOn = false
  private isForAll = false
  private timer: NodeJS.Timeout | undefined
  private until = 0
  private readonly waiting: Array<() => void> = []
  private readonly onChange: () => void

  /** `onChange` is called when it begins and when it is over. */
  constructor(onChange: () => void) {
    this.onChange = onChange
  }

  /** Of two pauses the later end holds, and the stricter kind. */
  begin(milliseconds: number, isForAll: boolean): void {
    const until = Date.now() + milliseconds
    this.isForAll = isForAll || (this.isOn && this.isForAll)
    this.until = this.isOn ? Math.max(this.until, until) : until
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.end(), Math.min(this.until - Date.now(), LONGEST_TIMER))
    this.timer.unref()
    this.isOn = true
    this.onChange()
  }

  end(): void {
    clearTimeout(this.timer)
    if (!this.isOn) return
    this.isOn = false
    this.isForAll = false
    this.onChange()
    for (const resume of this.waiting.splice(0)) resume()
  }

  /** Whether a command has to wait. */
  concerns(mayWrite: boolean): boolean {
    return this.isOn && (this.isForAll || mayWrite)
  }

  /** Called once it is over. */
  wait(resume: () => void): void {
    this.waiting.push(resume)
  }
}

/** setTimeout takes no more milliseconds than this. */
const LONGEST_TIMER = 2 ** 31 - 1
