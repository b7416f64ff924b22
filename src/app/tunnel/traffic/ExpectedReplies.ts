/**
 * Which replies a server owes a client, in order, and what is to be done with
 * each: told by the commands that were sent, never by what a reply looks like.
 */

import type { CommandEntry } from "../smart/request/CommandEntry.ts"

/** The commands whose replies name nodes, and those that change which reply belongs to which command. */
export type ReplyKind =
  | "other"
  | "slots"
  | "shards"
  | "nodes"
  | "replicas"
  | "multi"
  | "exec"
  | "discard"
  | "hello"
  | "reset"
  | "subscription"
  | "stream"

export interface ExpectedReply {
  readonly kind: ReplyKind
  /** The first word of the confirmations of a subscription; empty for other kinds. */
  readonly word: string
  /** How many of them are still to come. */
  count: number
  /** What is measured of the command; `undefined` when nobody wants to know. */
  readonly measured: MeasuredCommand | undefined
}

export interface MeasuredCommand {
  readonly entry: CommandEntry
  /** When it was sent, in milliseconds; 0 when it is not timed. */
  readonly since: number
}

/** Let go of the settled ones when there are so many. */
const SETTLED_KEPT = 256

export class ExpectedReplies {
  private queue: Array<ExpectedReply> = []
  private settled = 0

  get isEmpty(): boolean {
    return this.settled === this.queue.length
  }

  get oldest(): ExpectedReply | undefined {
    return this.queue[this.settled]
  }

  push(kind: ReplyKind, measured: MeasuredCommand | undefined, word = "", count = 1): void {
    const youngest = this.queue[this.queue.length - 1]
    // A run of commands that are of no interest costs one entry.
    const isRun = kind === "other" && measured === undefined && !this.isEmpty
    if (isRun && youngest.kind === "other" && youngest.measured === undefined) youngest.count++
    else this.queue.push({ kind, word, count, measured })
  }

  /** One of the replies of the oldest has come. */
  settleOne(): void {
    const oldest = this.queue[this.settled]
    if (oldest === undefined || --oldest.count > 0) return
    this.settleOldest()
  }

  /** No more replies of the oldest will come. */
  settleOldest(): void {
    if (++this.settled < this.queue.length && this.settled < SETTLED_KEPT) return
    this.queue = this.queue.slice(this.settled)
    this.settled = 0
  }
}
