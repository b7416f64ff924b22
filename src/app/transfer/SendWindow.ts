/**
 * How many keys a stream may send now. At most a window of them is
 * unacknowledged, those included that were answered and still wait for something
 * else; and of these a flight is unanswered: as few as keep the server at work,
 * and as many as a long wire holds.
 *
 * Few, because what the server reads soon is still in the processor's cache,
 * whereas megabytes that wait in socket buffers come from memory. Many, because
 * on a long wire the answers to all of them are under way. The two are told apart
 * by the shortest time that an answer has taken: a server that is merely slow has
 * answered quickly once, before there was a queue.
 */
import type { StreamSizes } from "../../dataset/FillPlan.ts"

/** A flight is enlarged for answers that take longer: 1 MiB in 4 ms is 256 MiB/s, on any wire. */
const SOON_MS = 4

export class SendWindow {
  private readonly sizes: Pick<StreamSizes, "flightKeys" | "windowKeys">
  private heldKeys = 0
  /** Keys unanswered, at most, at present. */
  private flightKeys: number
  private sentKeys = 0
  private shortest = Number.POSITIVE_INFINITY
  /** One answer at a time is timed: that to the key of this number, which was sent then; 0 for none. */
  private timedKey = 0
  private timedAt = 0

  constructor(sizes: Pick<StreamSizes, "flightKeys" | "windowKeys">) {
    this.sizes = sizes
    this.flightKeys = sizes.flightKeys
  }

  /** Nothing is held. */
  get isUnheld(): boolean {
    return this.heldKeys === 0
  }

  hold(keys: number): void {
    this.heldKeys += keys
  }

  settle(keys: number): void {
    this.heldKeys -= keys
  }

  /** Keys that may be sent while so many are unanswered. */
  room(unanswered: number): number {
    return Math.min(this.sizes.windowKeys - this.heldKeys, this.flightKeys) - unanswered
  }

  /** So much that it is worth a write: not for every acknowledgement, since a write costs the more the less it carries. */
  isWorthAWrite(room: number): boolean {
    return room >= this.flightKeys / 4
  }

  /** @param now in milliseconds */
  send(keys: number, now: number): void {
    this.sentKeys += keys
    if (this.timedKey > 0) return
    this.timedKey = this.sentKeys
    this.timedAt = now
  }

  /** Something was answered, and so many keys are not. */
  answer(unanswered: number, now: number): void {
    if (this.timedKey === 0 || this.sentKeys - unanswered < this.timedKey) return
    this.timedKey = 0
    if (now - this.timedAt >= this.shortest) return
    this.shortest = now - this.timedAt
    const { flightKeys, windowKeys } = this.sizes
    const needed = Math.floor((flightKeys * this.shortest) / SOON_MS)
    this.flightKeys = Math.min(windowKeys, Math.max(flightKeys, needed))
  }
}
