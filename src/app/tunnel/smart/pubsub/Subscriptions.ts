/**
 * What one client is subscribed to, and the connections by which it hears of it.
 *
 * - Channels and patterns are subscribed to at one master, the one that all
 *   PUBLISH through the proxy goes to, so that its counts are right; sharded
 *   channels at the owners of their slots; what may tell of keys at every master.
 * - What the client wishes is kept, and the connections are made to fit it after
 *   each change: of the wish, of the topology, after a loss.
 */
import { PipelineFailure } from "../../../../connection/PipelineFailure.ts"
import { calculateSlot } from "../../../../protocol/HashSlot.ts"
import type { ClientSession } from "../client/ClientSession.ts"
import type { ProxyClient } from "../client/ProxyClient.ts"
import * as Replies from "../dispatch/Replies.ts"
import type { Command } from "../request/Command.ts"
import type { OpenedLink } from "../upstream/LinkOpener.ts"
import type { PubSubMessage } from "./PubSubMessage.ts"
import { isKeyEvent, KINDS, mayConcernKeys, type SubscriptionKind } from "./SubscriptionKind.ts"
import { type Names, noNames, SubscriptionLink } from "./SubscriptionLink.ts"

/** A connection that did not come about is tried again after so long. */
const RETRY_MILLISECONDS = 200
const ARRAY = 0x2a
const PUSH = 0x3e

/** In RESP2, what a subscribed client may still say. */
const ALLOWED: ReadonlySet<string> = new Set([
  "psubscribe",
  "punsubscribe",
  "quit",
  "reset",
  "ssubscribe",
  "subscribe",
  "sunsubscribe",
  "unsubscribe"
])

export class Subscriptions implements ClientSession {
  readonly wished: Names = noNames()
  /** To be called when a SUBSCRIBE that is under way has ended. */
  onSubscribed: (() => void) | undefined
  private readonly client: ProxyClient
  private readonly links = new Map<string, SubscriptionLink>()
  private readonly opening = new Map<string, Array<(link: SubscriptionLink | PipelineFailure) => void>>()
  /** Where channels and patterns are listened to. */
  private main: string | undefined
  private retry: NodeJS.Timeout | undefined
  private readonly stopWatching: () => void
  private isEnded = false

  constructor(client: ProxyClient) {
    this.client = client
    this.stopWatching = client.context.sets.onChange(() => this.reconcile(true))
    client.sessions.subscription = this
    client.output.limit = client.context.limits.subscriberOutputBuffer
    client.refresh()
  }

  intercept(command: Command): boolean {
    const { client } = this
    const { entry } = command
    if (client.profile.protocol === 3 || entry === undefined || !command.hasItsArity) return false
    if (entry.name === "ping" && command.args.length <= 2) {
      client.context.monitors.show(client, command)
      const text = command.args[1] ?? Buffer.alloc(0)
      client.reply(Buffer.concat([Buffer.from("*2\r\n$4\r\npong\r\n"), Replies.bulk(text)]), entry)
      return true
    }
    if (ALLOWED.has(entry.name)) return false
    client.reply(
      Replies.error(
        `ERR Can't execute '${entry.name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`
      ),
      entry
    )
    return true
  }

  /** Where a name has to be subscribed to. */
  homesOf(kind: SubscriptionKind, name: string): ReadonlyArray<string> {
    const { sets } = this.client.context
    const masters = sets.masters()
    if (mayConcernKeys(kind, name)) return masters
    if (kind === "shard") return [sets.addressOf(calculateSlot(Buffer.from(name, "latin1"))) ?? []].flat()
    this.main ??= masters[0]
    return this.main === undefined ? [] : [this.main]
  }

  /** The connection to a node, opened if need be. */
  withLink(address: string, use: (link: SubscriptionLink | PipelineFailure) => void): void {
    const { client } = this
    const known = this.links.get(address)
    if (known !== undefined) return use(known)
    const waiting = this.opening.get(address)
    if (waiting !== undefined) return void waiting.push(use)
    const waiters = [use]
    this.opening.set(address, waiters)
    client.context.sets.acquire(address, { ...client.set.flavor }, (result) => {
      this.opening.delete(address)
      const link = result instanceof PipelineFailure ? result : this.adopt(result)
      for (const waiter of waiters) waiter(link)
    })
  }

  /** Makes the connections fit what is wished, as the topology is now. */
  reconcile(isRestoring = false): void {
    if (this.isEnded) return
    const { sets } = this.client.context
    const masters = sets.masters()
    if (masters.length === 0) return this.retryLater()
    if (this.main === undefined || !masters.includes(this.main)) this.main = masters[0]
    const targets = new Map(masters.map((address) => [address, noNames()]))
    for (const kind of KINDS) {
      for (const name of this.wished[kind]) {
        for (const home of this.homesOf(kind, name)) targets.get(home)?.[kind].add(name)
      }
    }
    for (const [address, target] of targets) this.fit(address, target, isRestoring)
    for (const [address, link] of this.links) if (!targets.has(address)) this.drop(address, link)
  }

  /** What the client has been told counts, as in Redis's replies. */
  count(kind: SubscriptionKind): number {
    const { wished } = this
    return kind === "shard" ? wished.shard.size : wished.channel.size + wished.pattern.size
  }

  /** The wish has changed; without any the session is over. */
  settle(): void {
    const { profile } = this.client
    profile.channels = this.wished.channel.size
    profile.patterns = this.wished.pattern.size
    profile.shardChannels = this.wished.shard.size
    if (profile.subscriptions > 0) return this.reconcile()
    this.client.sessions.subscription = undefined
    this.client.output.limit = this.client.context.limits.outputBuffer
    this.client.refresh()
    this.end()
  }

  end(): void {
    this.onSubscribed?.()
    if (this.isEnded) return
    this.isEnded = true
    this.stopWatching()
    clearTimeout(this.retry)
    for (const [address, link] of this.links) this.drop(address, link)
    const { profile } = this.client
    profile.channels = profile.patterns = profile.shardChannels = 0
  }

  private adopt(opened: OpenedLink): SubscriptionLink {
    const { client } = this
    const { address } = opened
    const link = new SubscriptionLink(opened, {
      onMessage: (message, chunk, start, end) => this.onMessage(address, message, chunk, start, end),
      onEnded: () => this.retryLater(),
      onLost: () => {
        this.links.delete(address)
        if (!this.isEnded && !client.isClosed) this.retryLater()
      }
    })
    if (this.isEnded || client.isClosed) client.context.sets.discard(opened)
    else this.links.set(address, link)
    return link
  }

  /** Subscribes to what is missing and unsubscribes from what is too much, with nobody to hear the confirmations. */
  private fit(address: string, target: Names, isRestoring: boolean): void {
    const isWanted = KINDS.some((kind) => target[kind].size > 0)
    if (!isWanted && !this.links.has(address)) return
    this.withLink(address, (link) => {
      if (link instanceof PipelineFailure) return this.retryLater()
      if (this.isEnded) return
      for (const kind of KINDS) {
        link.unsubscribe(
          kind,
          [...link.names[kind]].filter((name) => !target[kind].has(name))
        )
        const missing = [...target[kind]].filter(
          (name) => !link.names[kind].has(name) && this.wished[kind].has(name)
        )
        link.subscribe(kind, missing)
        if (isRestoring && missing.length > 0)
          this.client.context.onEvent({ kind: "SessionRestored", id: this.client.profile.id, node: address })
      }
    })
  }

  private drop(address: string, link: SubscriptionLink): void {
    const { sets } = this.client.context
    this.links.delete(address)
    if (link.isClean) sets.giveBack(link.opened)
    else sets.discard(link.opened)
  }

  private retryLater(): void {
    clearTimeout(this.retry)
    this.retry = setTimeout(() => this.reconcile(true), RETRY_MILLISECONDS)
    this.retry.unref()
  }

  /** What every master tells is heard from one; what only one can tell, from each. */
  private onMessage(
    address: string,
    message: PubSubMessage,
    chunk: Buffer,
    start: number,
    end: number
  ): void {
    if (!this.wished[kindOf(message)].has(message.name)) return
    if (message.type !== "smessage" && address !== this.main) {
      const channel = message.type === "pmessage" ? message.channel : message.name
      if (!isKeyEvent(channel)) return
    }
    const wanted = this.client.profile.protocol === 3 ? PUSH : ARRAY
    if (chunk[start] === wanted) return this.client.push(chunk, start, end)
    // The two protocols differ in nothing but this byte here.
    const copy = Buffer.from(chunk.subarray(start, end))
    copy[0] = wanted
    this.client.push(copy, 0, copy.length)
  }
}

const kindOf = ({ type }: PubSubMessage): SubscriptionKind =>
  type === "pmessage" ? "pattern" : type === "smessage" ? "shard" : "channel"
