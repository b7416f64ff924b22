/** What the replies to written groups say of their keys: acknowledged, or refused with which reply. */
import type { RespValue } from "../protocol/Resp.ts"
import { AcknowledgementCounter } from "./AcknowledgementCounter.ts"
import type { GroupFormat } from "./GroupFormat.ts"
import type { PendingGroups } from "./PendingGroups.ts"

/** Reads the replies to the groups of a stream, in the order in which they were sent. */
export interface GroupReplies {
  /** Takes answered keys out of the pending groups; gives back what is wrong with the stream, if anything is. */
  push(chunk: Buffer): string | undefined
}

export interface FillVerdicts {
  /** The keys from index `first` on, a stride apart, are written. */
  readonly onAcknowledged: (first: number, keys: number) => void
  /** They are not, and this is why. */
  readonly onRefused: (first: number, keys: number, reply: RespValue) => void
}

export class FillReplies implements GroupReplies {
  private readonly pending: PendingGroups
  private readonly stride: number
  private readonly isReplyPerKey: boolean
  private readonly verdicts: FillVerdicts
  private readonly counter: AcknowledgementCounter
  private surplus = 0

  constructor(pending: PendingGroups, format: GroupFormat, stride: number, verdicts: FillVerdicts) {
    this.pending = pending
    this.stride = stride
    this.isReplyPerKey = format.isReplyPerKey
    this.verdicts = verdicts
    this.counter = new AcknowledgementCounter({
      onAcknowledged: (count) => this.acknowledge(count),
      onOther: (reply) => this.refuse(reply)
    })
  }

  push(chunk: Buffer): string | undefined {
    const error = this.counter.push(chunk)
    if (error !== undefined) return `what it sent is not the Redis protocol: ${error.message}`
    return this.surplus > 0 ? "it sent more replies than it was sent commands" : undefined
  }

  private acknowledge(count: number): void {
    for (let left = count; left > 0;) {
      if (this.pending.isEmpty) {
        this.surplus += left
        return
      }
      const answered = this.isReplyPerKey ? Math.min(left, this.pending.keys) : this.pending.keys
      const { first } = this.pending
      left -= this.isReplyPerKey ? answered : 1
      this.settle(answered)
      this.verdicts.onAcknowledged(first, answered)
    }
  }

  private refuse(reply: RespValue): void {
    if (this.pending.isEmpty) {
      this.surplus++
      return
    }
    const { first, keys } = this.pending
    const refused = this.isReplyPerKey ? 1 : keys
    this.settle(refused)
    this.verdicts.onRefused(first, refused, reply)
  }

  private settle(keys: number): void {
    if (keys < this.pending.keys) this.pending.shorten(keys, this.stride)
    else this.pending.shift()
  }
}
