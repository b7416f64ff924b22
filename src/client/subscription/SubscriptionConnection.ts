/**
 * A connection whose server sends of its own accord: what it sends is told
 * apart and handed on, in RESP3 (pushes) as in RESP2 (arrays).
 *
 * A server confirms SUBSCRIBE once per name and not as a reply, takes a
 * sharded channel away in the same words as it confirms SUNSUBSCRIBE, and may
 * refuse a command in between. So every command is followed by a PING, whose
 * answer says that nothing more will come of it: what has not been confirmed
 * until then was refused. The same PING notices a server that has stopped.
 *
 * Does not: connect, subscribe again, or know who subscribes.
 *
 * Source: https://redis.io/docs/latest/develop/pubsub/
 */
import type { Duplex } from "node:stream"
import { isError, type RespValue, text } from "../../protocol/Resp.ts"
import { RespDecoder } from "../../protocol/RespDecoder.ts"
import { RespEncoder } from "../../protocol/RespEncoder.ts"
import { Message } from "./PubSubEvent.ts"
import { SUBSCRIBE, type SubscriptionKind, type Topic, UNSUBSCRIBE } from "./SubscriptionTopic.ts"

/** Is told what the server says, in the order in which it says it. Must not throw. */
export interface SubscriptionListener {
  onMessage(kind: SubscriptionKind, name: string, message: Message): void
  onConfirmed(topic: Topic): void
  /** The server has ended a subscription on its own: the slot has moved. */
  onRevoked(kind: SubscriptionKind, name: string): void
  /** Topics of one command that were not confirmed, and the error reply, if there was one. */
  onRefused(topics: ReadonlyArray<Topic>, reply: string | undefined): void
  /** Nothing is asked for any more. */
  onSettled(): void
  /** Once, when the connection has ended and not been closed by `close`. */
  onLost(): void
}

/** A server that says nothing at so many looks in a row has stopped. */
const SILENT_LOOKS = 3
/** Names in one command, so that one does not keep the server from others for long. */
const NAMES_PER_COMMAND = 512

interface Asked {
  readonly isSubscribe: boolean
  readonly topics: ReadonlyArray<Topic>
  /** How many of the topics have been confirmed: the server does so in order. */
  confirmed: number
  error: string | undefined
}

export class SubscriptionConnection {
  private readonly socket: Duplex
  private readonly listener: SubscriptionListener
  private readonly encoder = new RespEncoder()
  private readonly decoder = new RespDecoder((value) => this.onValue(value))
  /** Commands whose PING has not been answered, oldest first. */
  private readonly asked: Array<Asked> = []
  private readonly watch: NodeJS.Timeout
  private hasHeard = true
  private silentLooks = 0
  private isOpen = true

  /** @param lookInterval milliseconds between two looks at whether the server still says something */
  constructor(socket: Duplex, lookInterval: number, listener: SubscriptionListener) {
    this.socket = socket
    this.listener = listener
    socket.on("data", this.onData)
    socket.on("error", this.lose)
    socket.on("end", this.lose)
    socket.on("close", this.lose)
    this.watch = setInterval(() => this.look(), lookInterval)
    this.watch.unref()
    // One that ended a moment ago says so no more.
    if (socket.destroyed) process.nextTick(this.lose)
  }

  /** Asks for topics of one kind, at least one; sharded ones of one slot. */
  subscribe(topics: ReadonlyArray<Topic>): void {
    for (let start = 0; start < topics.length; start += NAMES_PER_COMMAND) {
      this.ask(true, topics.slice(start, start + NAMES_PER_COMMAND))
    }
    this.flush()
  }

  unsubscribe(topic: Topic): void {
    this.ask(false, [topic])
    this.flush()
  }

  /** Ends the connection; the listener is told nothing more. */
  close(): void {
    this.isOpen = false
    clearInterval(this.watch)
    this.socket.destroy()
  }

  private ask(isSubscribe: boolean, topics: ReadonlyArray<Topic>): void {
    const commands = isSubscribe ? SUBSCRIBE : UNSUBSCRIBE
    this.encoder.command([commands[topics[0].kind], ...topics.map(({ name }) => name)])
    this.ping(isSubscribe, topics)
  }

  private ping(isSubscribe: boolean, topics: ReadonlyArray<Topic>): void {
    this.encoder.command(["PING"])
    this.asked.push({ isSubscribe, topics, confirmed: 0, error: undefined })
  }

  private flush(): void {
    const bytes = this.encoder.take()
    if (bytes !== undefined && this.isOpen) this.socket.write(bytes)
    this.encoder.release()
  }

  private look(): void {
    if (this.hasHeard) {
      this.hasHeard = false
      this.silentLooks = 0
      return
    }
    this.silentLooks++
    if (this.silentLooks > SILENT_LOOKS) return this.lose()
    if (this.asked.length > 0) return
    this.ping(false, [])
    this.flush()
  }

  private readonly lose = (): void => {
    if (!this.isOpen) return
    this.close()
    this.listener.onLost()
  }

  private readonly onData = (chunk: Buffer): void => {
    if (this.decoder.push(chunk) !== undefined) this.lose()
  }

  private onValue(value: RespValue): void {
    if (!this.isOpen) return
    this.hasHeard = true
    if (value._tag === "Push" || value._tag === "Array") return this.onEvent(value.value)
    if (!isError(value) || isPingRefused(value.value)) return this.onPong()
    const [current] = this.asked
    if (current === undefined) this.lose()
    else current.error = value.value
  }

  private onEvent(event: ReadonlyArray<RespValue>): void {
    const [type, first, second, third] = event
    switch (type === undefined ? undefined : text(type)) {
      case "message":
        return this.onMessage("channel", first, first, second)
      case "smessage":
        return this.onMessage("shard", first, first, second)
      case "pmessage":
        return this.onMessage("pattern", first, second, third)
      case "subscribe":
      case "psubscribe":
      case "ssubscribe":
        return this.onConfirmed(nameOf(first))
      case "sunsubscribe":
        return this.onUnsubscribed(nameOf(first))
      case "pong":
        return this.onPong()
      default:
      // The confirmation of an UNSUBSCRIBE changes nothing, and other pushes were not asked for.
    }
  }

  private onMessage(
    kind: SubscriptionKind,
    name: RespValue | undefined,
    channel: RespValue | undefined,
    payload: RespValue | undefined
  ): void {
    if (payload?._tag !== "BulkString") return
    const channelName = nameOf(channel)
    this.listener.onMessage(
      kind,
      kind === "pattern" ? nameOf(name) : channelName,
      new Message(channelName, kind === "pattern" ? nameOf(name) : undefined, payload.value)
    )
  }

  private onConfirmed(name: string): void {
    const [current] = this.asked
    const topic = current?.topics[current.confirmed]
    if (current === undefined || topic?.name !== name) return
    current.confirmed++
    this.listener.onConfirmed(topic)
  }

  private onUnsubscribed(name: string): void {
    const [current] = this.asked
    const isOurs =
      current?.isSubscribe === false &&
      current.topics.some((topic) => topic.kind === "shard" && topic.name === name)
    if (!isOurs) this.listener.onRevoked("shard", name)
  }

  private onPong(): void {
    const done = this.asked.shift()
    if (done === undefined) return
    if (done.isSubscribe && done.confirmed < done.topics.length) {
      this.listener.onRefused(done.topics.slice(done.confirmed), done.error)
    }
    if (this.asked.length === 0) this.listener.onSettled()
  }
}

const nameOf = (value: RespValue | undefined): string => (value === undefined ? "" : (text(value) ?? ""))

/** A user who may only subscribe gets this for every PING: it says as much as an answer. */
const isPingRefused = (reply: string): boolean => reply.startsWith("NOPERM") && /'ping'/i.test(reply)
