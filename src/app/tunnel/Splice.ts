/**
 * Joins a client with its server: what one says is written to the other, in
 * both directions at once, as it is.
 *
 * - A side that does not read holds the other up, and nothing is stored
 *   meanwhile but what the two sockets have in hand.
 * - A client that has ended is still answered: the server, which drops what it has not sent yet to a client that has
 *   ended, hears of it when it falls silent.
 * - When the server has ended, the client gets what was said before that; when
 *   one of them is lost, so is the other.
 *
 * Kernel: no Effect, and nothing allocated per chunk.
 */
import type { Duplex } from "node:stream"

/** Who looks on, and may change what the client is told. */
export interface SpliceWatch {
  /** Sees what goes to the server. */
  asked(chunk: Buffer): void
  /** Gets what the server says, and gives the client what it is to hear. */
  answered(chunk: Buffer): void
  /** Everything that was asked has been answered. */
  readonly isIdle: boolean
  /** Something of what the server has said is kept back; `released` follows. */
  readonly isHolding: boolean
}

/** What a watch does to its splice. */
export interface SpliceHandle {
  readonly give: (bytes: Buffer) => void
  readonly released: () => void
}

export interface SpliceOptions {
  /** What the server is to be sent before what the client says. */
  readonly first?: Buffer | undefined
  readonly watch?: ((handle: SpliceHandle) => SpliceWatch) | undefined
}

/** A server that has been silent for so long has said what there was to say, as far as it does not wait for something. */
const SILENCE_MS = 200
/** How long a client may take to read the last words, and to end. */
export const LINGER_MS = 30_000

export class Splice {
  private readonly near: Duplex
  private readonly far: Duplex
  private isDraining = false
  private isFinished = false
  private isNearEnded = false
  private isFarEnded = false
  private readonly watch: SpliceWatch | undefined
  /** The server was sent something, and has said nothing since. */
  private isAwaiting = false
  private timer: NodeJS.Timeout | undefined

  /** `near` is the client, half open, and `far` its server. They are destroyed together. */
  constructor(near: Duplex, far: Duplex, { first, watch }: SpliceOptions = {}) {
    this.near = near
    this.far = far
    this.watch = watch?.({ give: (bytes) => this.give(bytes), released: () => this.onReleased() })
    near.on("data", (chunk: Buffer) => this.ask(chunk))
    near.on("drain", () => this.isHolding || far.resume())
    near.on("end", () => this.onNearEnd())
    near.on("close", () => this.destroy())
    far.on("data", (chunk: Buffer) => this.answer(chunk))
    far.on("drain", () => this.isDraining || near.resume())
    far.on("end", () => this.onFarEnd())
    far.on("close", () => this.isFinished || this.isFarEnded || this.destroy())
    // What went wrong is followed by "close".
    near.on("error", () => {})
    far.on("error", () => {})
    if (near.destroyed || far.destroyed) this.destroy()
    else this.start(first)
  }

  private start(first: Buffer | undefined): void {
    // Whoever had it before may have paused it; what comes first may pause it again.
    this.near.resume()
    if (first !== undefined && first.length > 0) this.ask(first)
  }

  /** Takes no more from the client, and ends when the server has answered what it was sent. */
  drain(): void {
    if (this.isDraining) return
    this.isDraining = true
    this.near.pause()
    if (this.isIdle) this.finish()
  }

  private get isIdle(): boolean {
    return this.watch === undefined ? !this.isAwaiting : this.watch.isIdle && !this.watch.isHolding
  }

  private get isHolding(): boolean {
    return this.watch?.isHolding === true
  }

  private ask(chunk: Buffer): void {
    if (this.isFinished || this.isFarEnded) return
    this.isAwaiting = true
    this.watch?.asked(chunk)
    if (!this.far.write(chunk)) this.near.pause()
  }

  private answer(chunk: Buffer): void {
    if (this.isFinished) return
    this.isAwaiting = false
    if (this.watch === undefined) this.give(chunk)
    else {
      this.near.cork()
      this.watch.answered(chunk)
      this.near.uncork()
      if (this.isHolding) this.far.pause()
    }
    if (this.isDraining && this.watch !== undefined) {
      if (this.isIdle) this.finish()
    } else if (this.isDraining || this.isNearEnded) {
      this.awaitSilence()
    }
  }

  private give(bytes: Buffer): void {
    if (!this.near.write(bytes)) this.far.pause()
  }

  private onReleased(): void {
    if (this.isFinished) return
    if (this.isFarEnded) this.finish()
    else if (!this.near.writableNeedDrain) this.far.resume()
  }

  private onFarEnd(): void {
    this.isFarEnded = true
    if (!this.isHolding) this.finish()
  }

  private onNearEnd(): void {
    this.isNearEnded = true
    if (!this.isDraining) this.awaitSilence()
  }

  private awaitSilence(): void {
    if (this.isFinished) return
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.onSilence(), SILENCE_MS)
  }

  private onSilence(): void {
    // It is not the server's silence while it is held up.
    if (this.far.isPaused()) this.awaitSilence()
    else if (this.isDraining) this.finish()
    else this.far.end()
  }

  /** The last word has been said: the client gets it, and what it says itself is of no interest any more. */
  private finish(): void {
    if (this.isFinished) return
    this.isFinished = true
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.destroy(), LINGER_MS)
    this.far.destroy()
    this.near.end()
    this.near.resume()
  }

  private destroy(): void {
    this.isFinished = true
    clearTimeout(this.timer)
    this.near.destroy()
    this.far.destroy()
  }
}
