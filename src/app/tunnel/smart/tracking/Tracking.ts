/**
 * CLIENT TRACKING of one client. A server remembers by connection what was read,
 * so the client has connections of its own to all masters from then on, each of
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
import type { Command } from "../request/Command.ts"
import type { OpenedLink } from "../upstream/LinkOpener.ts"
import { PartRequest } from "../upstream/PartRequest.ts"
import { Unheard } from "../upstream/RoutedRequest.ts"
import type { UpstreamSet } from "../upstream/UpstreamSet.ts"
import { commandSlots } from "./CommandSlots.ts"
import { FlushGathering } from "./FlushGathering.ts"
import { deliverInvalidation, isAll, isInvalidation } from "./Invalidation.ts"
import { TrackingLinks } from "./TrackingLinks.ts"
import type { TrackingOptions } from "./TrackingOptions.ts"

/** A master that could not be reached is tried again after so long: who tracks by prefixes is told by all. */
const RETRY_MILLISECONDS = 200
const MINUS = 0x2d
const PING = Replies.command("PING")
const EVERYTHING = Buffer.from(">2\r\n$10\r\ninvalidate\r\n_\r\n")

export class Tracking implements ClientSession {
  /** The client that is told instead had gone when there was something to tell. */
  isRedirectBroken = false
  private readonly client: ProxyClient
  private readonly clients: ClientRegistry
  private readonly shared: UpstreamSet
  private own: UpstreamSet
  /** Of the protocols that it has spoken before. */
  private readonly former: Array<UpstreamSet> = []
  private readonly links: TrackingLinks
  /** CLIENT CACHING that goes ahead of the next command. */
  private caching: Buffer | undefined
  private readonly flushes = new FlushGathering<OpenedLink>(() => this.tell(EVERYTHING, 0, EVERYTHING.length))
  private readonly stopWatching: () => void
  private retry: NodeJS.Timeout | undefined
  private isEnded = false

  constructor(client: ProxyClient, clients: ClientRegistry, options: TrackingOptions) {
    const { recovery, sets } = client.context
    this.client = client
    this.clients = clients
    this.shared = client.set
    this.links = new TrackingLinks(sets, recovery, options, {
      onPush: (source, chunk, start, end) => {
        if (!isInvalidation(chunk, start)) return
        if (isAll(chunk, start)) this.flushes.onFlush(source, this.links.sources())
        else this.tell(chunk, start, end)
      },
      onLost: () => this.onLost()
    })
    this.own = sets.makeSet(client.set.flavor, this.links)
    this.stopWatching = sets.onChange(() => this.openAll())
  }

  get options(): TrackingOptions {
    return this.links.options
  }

  /** Tells all masters, so that none has to be told in the middle of something; `done` gets the refusal, if they refuse. */
  start(done: (refusal: Buffer | undefined) => void): void {
    const { client } = this
    const masters = client.context.sets.masters()
    if (masters.length === 0) {
      this.end()
      return done(Replies.error("CLUSTERDOWN The cluster is down"))
    }
    let awaited = masters.length
    let refusal: Buffer | undefined
    const settle = (reply: Buffer): void => {
      if (reply[0] === MINUS) refusal ??= reply
      if (--awaited > 0) return
      if (refusal === undefined) {
        client.set = this.own
        client.sessions.tracking = this
        client.profile.isTracking = true
        client.profile.trackedPrefixes = this.options.prefixes
      } else this.end()
      done(refusal)
    }
    for (const address of masters) this.ask(address, PING, settle)
  }

  extend(options: TrackingOptions, done: (refusal: Buffer | undefined) => void): void {
    this.isRedirectBroken = false
    this.links.extend(options, (refusal) => {
      this.client.profile.trackedPrefixes = this.options.prefixes
      done(refusal)
    })
  }

  /** CLIENT CACHING goes to where the next command goes; ahead of MULTI the transaction takes it. */
  intercept(command: Command): boolean {
    const { entry } = command
    if (this.caching === undefined || entry === undefined || entry.name === "multi") return false
    if (entry.name.startsWith("client")) return false
    const caching = this.takeCaching()!
    const slots = commandSlots(command)
    for (const slot of slots) this.own.ofSlot(slot)?.submit(new Unheard(caching))
    const [first] = this.client.context.sets.masters()
    if (slots.size === 0 && entry.runsScript && first !== undefined)
      this.own.ofAddress(first).submit(new Unheard(caching))
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

  takeCaching(): Buffer | undefined {
    const { caching } = this
    this.caching = undefined
    this.client.refresh()
    return caching
  }

  /** The client's own connection to a node, for what would otherwise have one to itself. */
  lease(address: string, leased: (link: OpenedLink | PipelineFailure) => void): void {
    const lend = (link: OpenedLink): void => {
      this.client.context.sets.lend(link)
      leased(link)
    }
    const link = this.links.get(address)
    if (link !== undefined) return lend(link)
    this.ask(address, PING, () => {
      const opened = this.links.get(address)
      if (opened !== undefined) lend(opened)
      else leased(new PipelineFailure("Closed", "no", "the connection was lost"))
    })
  }

  owns(link: OpenedLink): boolean {
    return this.links.owns(link)
  }

  /** Other connections for what comes; the old ones go on telling of what was read on them. */
  onProtocol(): void {
    const { client } = this
    const { sets } = client.context
    const old = this.own
    this.links.forget()
    this.flushes.forget()
    this.own = sets.makeSet({ ...old.flavor, protocol: client.profile.protocol }, this.links)
    client.set = this.own
    if (this.options.isBroadcast) sets.dropSet(old)
    else this.former.push(old)
    this.openAll()
  }

  end(): void {
    if (this.isEnded) return
    this.isEnded = true
    this.stopWatching()
    this.flushes.forget()
    clearTimeout(this.retry)
    const { client } = this
    const { sets } = client.context
    for (const set of [this.own, ...this.former]) sets.dropSet(set)
    this.links.end()
    client.profile.isTracking = false
    client.profile.trackedPrefixes = []
    client.sessions.tracking = undefined
    client.set = sets.sharedSet({ ...this.shared.flavor, protocol: client.profile.protocol })
  }

  private openAll(): void {
    if (this.isEnded) return
    for (const address of this.client.context.sets.masters()) {
      if (this.links.get(address) !== undefined) continue
      this.ask(address, PING, (reply) => {
        if (reply[0] === MINUS && !this.isEnded) this.openLater()
      })
    }
  }

  private openLater(): void {
    clearTimeout(this.retry)
    this.retry = setTimeout(() => this.openAll(), RETRY_MILLISECONDS).unref()
  }

  private ask(address: string, bytes: Buffer, done: (reply: Buffer) => void): void {
    const { recovery } = this.client.context
    const failed = (_: unknown, { detail }: PipelineFailure): void => done(Replies.error(detail))
    const part = { ...recovery, onErrorReply: () => false, onLost: failed }
    new PartRequest(this.own, part, undefined, -1, bytes, done).goTo(address, false)
  }

  private onLost(): void {
    if (this.isEnded || this.client.isClosed) return
    this.flushes.forget()
    this.tell(EVERYTHING, 0, EVERYTHING.length)
    this.openAll()
  }

  private tell(chunk: Buffer, start: number, end: number): void {
    const { redirect } = this.options
    if (redirect === 0) return deliverInvalidation(this.client, chunk, start, end, false)
    const target = this.clients.get(redirect)
    if (target !== undefined) return deliverInvalidation(target, chunk, start, end, true)
    this.isRedirectBroken = true
    if (this.client.profile.protocol === 2) return
    const broken = Buffer.from(`>2\r\n$21\r\ntracking-redir-broken\r\n:${redirect}\r\n`)
    this.client.push(broken, 0, broken.length)
  }
}
