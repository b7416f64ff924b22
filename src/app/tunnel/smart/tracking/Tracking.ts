/**
 * CLIENT TRACKING of one client. A server remembers by connection what was read,
 * so the client has connections of its own to all nodes from then on, each of
 * which has been told to track.
 *
 * What becomes invalid is told to the client by pushes, or to the client that it
 * names with REDIRECT: then a second connection to each node receives it, and
 * the proxy passes it on in that client's form. A connection that is lost takes
 * with it what its server remembered, so everything is told to be invalid then.
 */
import { PipelineFailure } from "../../../../connection/PipelineFailure.ts"
import type { ClientRegistry } from "../client/ClientRegistry.ts"
import type { ClientSession } from "../client/ClientSession.ts"
import type { ProxyClient } from "../client/ProxyClient.ts"
import * as Replies from "../dispatch/Replies.ts"
import { commandSlots } from "./CommandSlots.ts"
import type { Command } from "../request/Command.ts"
import type { Flavor } from "../upstream/Flavor.ts"
import type { LinkOpener, OpenedLink } from "../upstream/LinkOpener.ts"
import { PartRequest } from "../upstream/PartRequest.ts"
import { Unheard } from "../upstream/RoutedRequest.ts"
import type { UpstreamSet } from "../upstream/UpstreamSet.ts"
import { deliverInvalidation, isAll } from "./Invalidation.ts"
import type { TrackingOptions } from "./TrackingOptions.ts"

const MINUS = 0x2d
const PING = Replies.command("PING")
const EVERYTHING = Buffer.from(">2\r\n$10\r\ninvalidate\r\n_\r\n")

export class Tracking implements ClientSession {
  options: TrackingOptions
  private readonly client: ProxyClient
  private readonly clients: ClientRegistry
  private readonly shared: UpstreamSet
  private own: UpstreamSet
  /** Of the protocols that it has spoken before. */
  private readonly former: Array<UpstreamSet> = []
  private readonly opener: LinkOpener
  private readonly links = new Map<string, OpenedLink>()
  /** By the node: what is told to it instead of the client. */
  private readonly receivers = new Map<string, OpenedLink>()
  /** What is said to each connection, in order. */
  private readonly words: Array<ReadonlyArray<Buffer>> = []
  /** CLIENT CACHING that goes ahead of the next command. */
  private caching: Buffer | undefined
  /** How often everything was told to be invalid, by the client and by each connection: each master says so after FLUSHALL. */
  private flushes = 0
  private readonly flushesOf = new Map<OpenedLink, number>()
  private isEnded = false

  constructor(client: ProxyClient, clients: ClientRegistry, options: TrackingOptions) {
    this.client = client
    this.clients = clients
    this.options = options
    this.shared = client.set
    this.words.push(options.words)
    this.opener = { open: (address, flavor, _, opened) => this.open(address, flavor, opened) }
    this.own = client.context.sets.makeSet(client.set.flavor, this.opener)
  }

  /** Tells the servers; `done` gets the refusal, if they refuse. */
  start(done: (refusal: Buffer | undefined) => void): void {
    const { client } = this
    const masters = client.context.sets.masters()
    if (masters.length === 0) return done(Replies.error("CLUSTERDOWN The cluster is down"))
    // A node may refuse, so one is asked in any case; broadcasts come from all.
    const asked = this.options.isBroadcast ? masters : masters.slice(0, 1)
    let awaited = asked.length
    let refusal: Buffer | undefined
    const settle = (reply: Buffer): void => {
      if (reply[0] === MINUS) refusal ??= reply
      if (--awaited > 0) return
      if (refusal === undefined) {
        client.set = this.own
        client.sessions.tracking = this
        client.profile.isTracking = true
      } else this.end()
      done(refusal)
    }
    for (const address of asked) this.ask(address, PING, settle)
  }

  /** More options, or the same again: every connection is told. */
  extend(options: TrackingOptions, done: (refusal: Buffer | undefined) => void): void {
    const addresses = [...this.links.keys()]
    let awaited = addresses.length
    let refusal: Buffer | undefined
    const settle = (reply: Buffer): void => {
      if (reply[0] === MINUS) refusal ??= reply
      if (--awaited > 0) return
      if (refusal === undefined) {
        this.words.push(options.words)
        const prefixes = [...this.options.prefixes, ...options.prefixes]
        this.options = { ...options, prefixes }
      }
      done(refusal)
    }
    if (awaited === 0) return done(undefined)
    for (const address of addresses) this.ask(address, this.trackingOn(address, options.words), settle)
  }

  intercept(command: Command): boolean {
    const { caching } = this
    if (caching === undefined || command.entry === undefined) return false
    this.caching = undefined
    for (const slot of commandSlots(command)) this.own.ofSlot(slot)?.submit(new Unheard(caching))
    this.client.refresh()
    return false
  }

  /** Of the next command, as the options allow it. */
  setCaching(isCached: boolean): void {
    this.caching = Replies.command("CLIENT", "CACHING", isCached ? "YES" : "NO")
    this.client.refresh()
  }

  get hasCaching(): boolean {
    return this.caching !== undefined
  }

  /** The client's own connection to a node, for what would otherwise have one to itself. */
  lease(address: string, leased: (link: OpenedLink | PipelineFailure) => void): void {
    this.ask(address, PING, () => {
      leased(this.links.get(address) ?? new PipelineFailure("Closed", "no", "the connection was lost"))
    })
  }

  owns(link: OpenedLink): boolean {
    return this.links.get(link.address) === link
  }

  /** Other connections for what comes; the old ones go on telling of what was read on them. */
  onProtocol(): void {
    const { client } = this
    const { sets } = client.context
    const old = this.own
    this.links.clear()
    this.own = sets.makeSet({ ...old.flavor, protocol: client.profile.protocol }, this.opener)
    client.set = this.own
    if (!this.options.isBroadcast) return void this.former.push(old)
    sets.dropSet(old)
    this.openAll()
  }

  end(): void {
    if (this.isEnded) return
    this.isEnded = true
    const { client } = this
    const { sets } = client.context
    for (const set of [this.own, ...this.former]) sets.dropSet(set)
    for (const link of this.receivers.values()) sets.discard(link)
    client.profile.isTracking = false
    client.sessions.tracking = undefined
    client.set = sets.sharedSet({ ...this.shared.flavor, protocol: client.profile.protocol })
  }

  private openAll(): void {
    for (const address of this.client.context.sets.masters()) {
      this.own.ofAddress(address).submit(new Unheard(PING))
    }
  }

  private ask(address: string, bytes: Buffer, done: (reply: Buffer) => void): void {
    const { recovery } = this.client.context
    const failed = (_: unknown, { detail }: PipelineFailure): void => done(Replies.error(detail))
    const part = { ...recovery, onErrorReply: () => false, onLost: failed }
    new PartRequest(this.own, part, undefined, -1, bytes, done).goTo(address, false)
  }

  /** A connection that tracks before anything else is said on it. */
  private open(address: string, flavor: Flavor, opened: (link: OpenedLink | PipelineFailure) => void): void {
    const { opener } = this.client.context.sets
    const prepare = (receiver: OpenedLink | undefined): void =>
      opener.open(address, flavor, "private", (link) => {
        if (link instanceof PipelineFailure) return opened(link)
        link.pipeline.events.onPush = (chunk, start, end) => this.onPush(link, chunk, start, end)
        link.pipeline.events.onClose = () => this.onLost(address, link)
        let awaited = this.words.length
        for (const words of this.words) {
          const bytes = this.trackingOn(address, words)
          link.pipeline.submit(
            this.onOwn(bytes, (reply) => {
              if (reply[0] === MINUS)
                return link.pipeline.close("Auth", reply.toString("latin1", 1, reply.length - 2))
              if (--awaited > 0) return
              this.links.set(address, link)
              this.flushesOf.set(receiver ?? link, this.flushes)
            })
          )
        }
        // What waits for the connection comes behind the words.
        opened(link)
      })
    if (this.options.redirect === undefined) return prepare(undefined)
    const known = this.receivers.get(address)
    if (known?.pipeline.isOpen === true) return prepare(known)
    opener.open(address, { protocol: 3, credentials: flavor.credentials }, "private", (receiver) => {
      if (receiver instanceof PipelineFailure) return opened(receiver)
      this.receivers.set(address, receiver)
      receiver.pipeline.events.onPush = (chunk, start, end) => this.onPush(receiver, chunk, start, end)
      prepare(receiver)
    })
  }

  private trackingOn(address: string, words: ReadonlyArray<Buffer>): Buffer {
    const receiver = this.receivers.get(address)
    const redirection = receiver === undefined ? [] : ["REDIRECT", receiver.clientId]
    return Replies.command("CLIENT", "TRACKING", "ON", ...redirection, ...words)
  }

  private onOwn(bytes: Buffer, onReply: (reply: Buffer) => void): PartRequest {
    const { recovery } = this.client.context
    const part = { ...recovery, onErrorReply: () => false, onLost: () => {} }
    return new PartRequest(this.own, part, undefined, -1, bytes, onReply)
  }

  private onLost(address: string, link: OpenedLink): void {
    if (this.links.get(address) !== link) return
    this.links.delete(address)
    if (this.isEnded || this.client.isClosed) return
    this.flushes++
    for (const other of this.flushesOf.keys()) this.flushesOf.set(other, this.flushes)
    this.tell(EVERYTHING, 0, EVERYTHING.length)
    if (this.options.isBroadcast) this.openAll()
  }

  private onPush(link: OpenedLink, chunk: Buffer, start: number, end: number): void {
    if (isAll(chunk, start, end)) {
      const flushes = (this.flushesOf.get(link) ?? this.flushes) + 1
      this.flushesOf.set(link, flushes)
      if (flushes <= this.flushes) return
      this.flushes = flushes
    }
    this.tell(chunk, start, end)
  }

  private tell(chunk: Buffer, start: number, end: number): void {
    const { redirect } = this.options
    if (redirect === undefined) return deliverInvalidation(this.client, chunk, start, end)
    const target = this.clients.get(Number(redirect))
    if (target !== undefined) return deliverInvalidation(target, chunk, start, end)
    if (this.client.profile.protocol === 2) return
    const broken = Buffer.from(`>2\r\n$21\r\ntracking-redir-broken\r\n:${redirect}\r\n`)
    this.client.push(broken, 0, broken.length)
  }
}
