/** What a subscriber receives: messages, and where some may be missing. */
import { utf8 } from "../../protocol/Resp.ts"

export type SubscriptionEvent = Message | Gap

/** A message as it was published. */
export class Message {
  readonly _tag = "Message"
  /** The channel that it was published to, its bytes read as UTF-8. */
  readonly channel: string
  /** The pattern that the channel matched, in a subscription to patterns. */
  readonly pattern: string | undefined
  readonly payload: Uint8Array

  constructor(channel: string, pattern: string | undefined, payload: Uint8Array) {
    this.channel = channel
    this.pattern = pattern
    this.payload = payload
  }

  /** The payload read as UTF-8. */
  get text(): string {
    return utf8(this.payload)
  }
}

/**
 * From here on everything is received again; what was published before, since
 * the last event, may be missing. Whoever keeps a copy of something reads it
 * anew now, and misses nothing.
 */
export interface Gap {
  readonly _tag: "Gap"
  /** The channels and patterns concerned, as subscribed to. */
  readonly channels: ReadonlyArray<string>
  /** Interrupted: a connection was lost or a slot has moved. Overflow: the subscriber was too slow, and what found no room was dropped. */
  readonly reason: "Interrupted" | "Overflow"
}
