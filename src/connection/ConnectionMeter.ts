/**
 * Counts the replies on one connection, and times one command in 64.
 *
 * It stands on the path of every command, so it costs two additions and two
 * comparisons there. A clock is read for the timed ones alone, which no entry of
 * the queue remembers: replies come in the order of the commands, so a reply's
 * number says whether its command was timed, and the oldest start is its own.
 */

/** One in so many commands is timed; a power of two. */
export const SAMPLE_INTERVAL = 64
const SAMPLE_MASK = SAMPLE_INTERVAL - 1

export interface ConnectionReadings {
  /** Replies received, over all connections that share these readings. */
  replies: number
  /** Milliseconds from queueing a command to its reply. */
  readonly onLatency: (milliseconds: number) => void
}

export class ConnectionMeter {
  private readonly readings: ConnectionReadings
  private queued = 0
  private answered = 0
  /** When the timed commands that await their reply were queued, oldest first. */
  private readonly starts: Array<number> = []

  /** Counts from here on: nothing may be pending on the connection. */
  constructor(readings: ConnectionReadings) {
    this.readings = readings
  }

  onQueued(): void {
    if ((this.queued++ & SAMPLE_MASK) === 0) this.starts.push(performance.now())
  }

  onReply(): void {
    this.readings.replies++
    if ((this.answered++ & SAMPLE_MASK) === 0) {
      this.readings.onLatency(performance.now() - this.starts.shift()!)
    }
  }
}
