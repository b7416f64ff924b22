/**
 * The events that one subscriber has not taken yet, bounded in number and in
 * bytes: a server cannot be told to wait, it cuts off who reads too slowly.
 *
 * A message that finds no room is dropped, and so is everything after it until
 * the subscriber takes what there is; a Gap then stands in the place of what
 * was dropped.
 */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { ClientError } from "../ClusterError.ts"
import type { Gap, Message, SubscriptionEvent } from "./PubSubEvent.ts"

type Taken = Effect.Effect<Chunk.Chunk<SubscriptionEvent>, Option.Option<ClientError>>

export class SubscriptionBuffer {
  private readonly capacity: number
  private readonly maxBytes: number
  private events: Array<SubscriptionEvent> = []
  private bytes = 0
  /** Whose messages found no room. */
  private readonly dropped = new Set<string>()
  private end: Taken | undefined
  private wake: (() => void) | undefined

  constructor(capacity: number, maxBytes: number) {
    this.capacity = capacity
    this.maxBytes = maxBytes
  }

  /** Adds a message received for a channel or pattern subscribed to as `name`. */
  offer(message: Message, name: string): void {
    const size = message.payload.length
    // A single message beyond the limit passes when there is nothing else, or it never would.
    const isOver = this.bytes + size > this.maxBytes && this.events.length > 0
    if (this.dropped.size > 0 || this.events.length >= this.capacity || isOver) {
      this.dropped.add(name)
      return
    }
    this.bytes += size
    this.add(message)
  }

  /** Adds a Gap, unless one will come anyway. */
  interrupt(names: Iterable<string>): void {
    if (this.dropped.size > 0 || this.events.length >= this.capacity) {
      for (const name of names) this.dropped.add(name)
    } else {
      this.add(gap(names, "Interrupted"))
    }
  }

  /** Ends the stream after what is in the buffer, with an error if one is given. */
  close(error?: ClientError): void {
    this.end ??= Effect.fail(Option.fromNullable(error))
    this.wake?.()
  }

  /** Everything there is, as soon as there is something. For one reader. */
  readonly take: Taken = Effect.async((resume) => {
    const ready = (): void => {
      this.wake = undefined
      // Taken when the reader runs: what has come until then goes with it.
      resume(Effect.suspend(() => this.takeAll()))
    }
    if (this.events.length > 0 || this.end !== undefined) return ready()
    this.wake = ready
    return Effect.sync(() => {
      this.wake = undefined
    })
  })

  private add(event: SubscriptionEvent): void {
    this.events.push(event)
    this.wake?.()
  }

  private takeAll(): Taken {
    const { events } = this
    if (events.length === 0) return this.end ?? this.take
    if (this.dropped.size > 0) events.push(gap(this.dropped, "Overflow"))
    this.dropped.clear()
    this.events = []
    this.bytes = 0
    return Effect.succeed(Chunk.unsafeFromArray(events))
  }
}

const gap = (names: Iterable<string>, reason: Gap["reason"]): Gap => ({
  _tag: "Gap",
  channels: Array.from(names),
  reason
})
