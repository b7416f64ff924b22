/**
 * One connection with subscriptions of a client: what it is subscribed to, and
 * which confirmations are still to come, and to whom they are of interest.
 */
import * as Replies from "../dispatch/Replies.ts"
import type { OpenedLink } from "../upstream/LinkOpener.ts"
import { type PubSubMessage, readMessage } from "./PubSubMessage.ts"
import { KINDS, type SubscriptionKind, subscribeName, unsubscribeName } from "./SubscriptionKind.ts"

export type Names = Readonly<Record<SubscriptionKind, Set<string>>>

export const noNames = (): Names => ({ channel: new Set(), pattern: new Set(), shard: new Set() })

interface Awaited {
  readonly type: string
  readonly name: string
  /** Called with the error, if that is what comes. */
  readonly onAnswered: ((refusal: Buffer | undefined) => void) | undefined
}

export interface SubscriptionLinkEvents {
  readonly onMessage: (message: PubSubMessage, chunk: Buffer, start: number, end: number) => void
  /** The server has ended a subscription by itself: the channel's slot has moved. */
  readonly onEnded: (name: string) => void
  readonly onLost: () => void
}

export class SubscriptionLink {
  readonly opened: OpenedLink
  readonly names: Names = noNames()
  private readonly awaited: Array<Awaited> = []
  private readonly events: SubscriptionLinkEvents

  constructor(opened: OpenedLink, events: SubscriptionLinkEvents) {
    this.opened = opened
    this.events = events
    opened.pipeline.events.onStream = this.onReply
    opened.pipeline.events.onClose = () => {
      const refusal = Replies.error("ERR the connection to the node was lost")
      for (const { onAnswered } of this.awaited.splice(0)) onAnswered?.(refusal)
      events.onLost()
    }
  }

  /** Nothing is subscribed to, and nothing awaited: somebody else can have the connection. */
  get isClean(): boolean {
    return this.awaited.length === 0 && KINDS.every((kind) => this.names[kind].size === 0)
  }

  subscribe(kind: SubscriptionKind, names: ReadonlyArray<string>, onAnswered?: Awaited["onAnswered"]): void {
    for (const name of names) this.names[kind].add(name)
    this.say(subscribeName(kind), names, onAnswered)
  }

  unsubscribe(
    kind: SubscriptionKind,
    names: ReadonlyArray<string>,
    onAnswered?: Awaited["onAnswered"]
  ): void {
    for (const name of names) this.names[kind].delete(name)
    this.say(unsubscribeName(kind), names, onAnswered)
  }

  private say(type: string, names: ReadonlyArray<string>, onAnswered: Awaited["onAnswered"]): void {
    if (names.length === 0) return
    for (const name of names) this.awaited.push({ type, name, onAnswered })
    const args = names.map((name) => Buffer.from(name, "latin1"))
    this.opened.pipeline.write(Replies.command(type.toUpperCase(), ...args))
  }

  private readonly onReply = (chunk: Buffer, start: number, end: number): void => {
    const message = readMessage(chunk, start)
    if (message === undefined) return this.onRefused(chunk.subarray(start, end))
    if (message.type.endsWith("message")) return this.events.onMessage(message, chunk, start, end)
    const [next] = this.awaited
    if (next !== undefined && next.type === message.type && next.name === message.name) {
      this.awaited.shift()
      next.onAnswered?.(undefined)
    } else if (message.type === "sunsubscribe" && this.names.shard.delete(message.name)) {
      this.events.onEnded(message.name)
    }
  }

  /** One error is the answer to a whole command, whatever it names. */
  private onRefused(refusal: Buffer): void {
    const [first] = this.awaited
    if (first === undefined) return
    let count = 1
    while (count < this.awaited.length && this.awaited[count].onAnswered === first.onAnswered) count++
    for (const { name, type } of this.awaited.splice(0, count)) {
      for (const kind of KINDS) if (type === subscribeName(kind)) this.names[kind].delete(name)
    }
    first.onAnswered?.(refusal)
  }
}
