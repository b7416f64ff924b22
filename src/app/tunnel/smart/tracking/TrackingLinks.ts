/**
 * The connections of one tracking client: one to each node, which has been told
 * to track; and with REDIRECT a second one, on which the first one's server says
 * what has become invalid.
 */
import { PipelineFailure } from "../../../../connection/PipelineFailure.ts"
import * as Replies from "../dispatch/Replies.ts"
import type { Flavor } from "../upstream/Flavor.ts"
import type { LinkOpener, OpenedLink } from "../upstream/LinkOpener.ts"
import { PartRequest } from "../upstream/PartRequest.ts"
import type { RequestRecovery } from "../upstream/RoutedRequest.ts"
import type { UpstreamSets } from "../upstream/UpstreamSets.ts"
import { joined, type TrackingOptions, wordsOf } from "./TrackingOptions.ts"

const MINUS = 0x2d

export interface TrackingLinksEvents {
  readonly onPush: (source: OpenedLink, chunk: Buffer, start: number, end: number) => void
  /** What its server remembered is lost with it. */
  readonly onLost: () => void
}

export class TrackingLinks implements LinkOpener {
  /** What holds at present. */
  options: TrackingOptions
  private readonly sets: UpstreamSets
  private readonly recovery: RequestRecovery
  private readonly events: TrackingLinksEvents
  private readonly links = new Map<string, OpenedLink>()
  /** By the node. */
  private readonly receivers = new Map<string, OpenedLink>()
  /** Grows when connections of another protocol come: one that is still being opened then is none of ours. */
  private generation = 0
  /** What is said to each connection, in order: without what a later one repeats or, unless prefixes add up, replaces. */
  private said: ReadonlyArray<TrackingOptions>

  constructor(
    sets: UpstreamSets,
    recovery: RequestRecovery,
    options: TrackingOptions,
    events: TrackingLinksEvents
  ) {
    this.sets = sets
    this.recovery = recovery
    this.events = events
    this.said = [options]
    this.options = joined(options, undefined)
  }

  /** An open connection to this node that tracks. */
  get(address: string): OpenedLink | undefined {
    const link = this.links.get(address)
    return link?.pipeline.isOpen === true ? link : undefined
  }

  owns(link: OpenedLink): boolean {
    return this.links.get(link.address) === link
  }

  /** Those on which invalid keys are told. */
  *sources(): Iterable<OpenedLink> {
    for (const [address, link] of this.links) {
      yield this.options.redirect === 0 ? link : (this.receivers.get(address) ?? link)
    }
  }

  /** The connections of another protocol come in their place. */
  forget(): void {
    this.generation++
    this.links.clear()
  }

  end(): void {
    for (const link of this.receivers.values()) this.sets.discard(link)
    this.receivers.clear()
    this.links.clear()
  }

  /** More options, or the same again: every connection is told; `done` gets the refusal, if there is one. */
  extend(options: TrackingOptions, done: (refusal: Buffer | undefined) => void): void {
    const { options: before, said } = this
    this.options = joined(options, before)
    this.said = options.isBroadcast
      ? [...said.filter((other) => !isSame(other, options)), options]
      : [options]
    const links = [...this.links.values()]
    let awaited = links.length
    let refusal: Buffer | undefined
    const settle = (reply: Buffer | undefined): void => {
      if (reply?.[0] === MINUS) refusal ??= reply
      if (--awaited > 0) return
      if (refusal !== undefined) {
        this.options = before
        this.said = said
      }
      done(refusal)
    }
    if (awaited === 0) return done(undefined)
    for (const link of links) {
      this.withReceiver(link.address, link.flavor, (receiver) => {
        if (receiver instanceof PipelineFailure) return settle(Replies.error(`ERR ${receiver.detail}`))
        this.say(link, receiver, options, settle)
      })
    }
  }

  /** A connection that tracks before anything else is said on it. */
  open(
    address: string,
    flavor: Flavor,
    _: "shared" | "private",
    opened: (link: OpenedLink | PipelineFailure) => void
  ): void {
    const { generation } = this
    this.withReceiver(address, flavor, (receiver) => {
      if (receiver instanceof PipelineFailure) return opened(receiver)
      this.sets.opener.open(address, flavor, "private", (link) => {
        if (link instanceof PipelineFailure) return opened(link)
        link.pipeline.events.onPush = (chunk, start, end) => this.events.onPush(link, chunk, start, end)
        link.pipeline.events.onClose = () => this.onClosed(link)
        let awaited = this.said.length
        for (const options of this.said) {
          this.say(link, receiver, options, (reply) => {
            if (reply?.[0] === MINUS)
              return link.pipeline.close("Auth", reply.toString("latin1", 1, reply.length - 2))
            if (--awaited === 0 && generation === this.generation) this.links.set(address, link)
          })
        }
        // What waits for the connection comes behind the words.
        opened(link)
      })
    })
  }

  /** `answered` gets nothing when the connection is lost. */
  private say(
    { flavor, pipeline }: OpenedLink,
    receiver: OpenedLink | undefined,
    options: TrackingOptions,
    answered: (reply: Buffer | undefined) => void
  ): void {
    const redirection = receiver === undefined ? [] : ["REDIRECT", receiver.clientId]
    const bytes = Replies.command("CLIENT", "TRACKING", "ON", ...redirection, ...wordsOf(options))
    const recovery = { ...this.recovery, onErrorReply: () => false, onLost: () => answered(undefined) }
    pipeline.submit(new PartRequest(this.sets.sharedSet(flavor), recovery, undefined, -1, bytes, answered))
  }

  /** With REDIRECT, the connection to this node that is told; without, nothing. */
  private withReceiver(
    address: string,
    { credentials }: Flavor,
    use: (receiver: OpenedLink | PipelineFailure | undefined) => void
  ): void {
    if (this.options.redirect === 0) return use(undefined)
    const known = this.receivers.get(address)
    if (known?.pipeline.isOpen === true) return use(known)
    this.sets.opener.open(address, { protocol: 3, credentials }, "private", (receiver) => {
      if (!(receiver instanceof PipelineFailure)) {
        this.receivers.set(address, receiver)
        receiver.pipeline.events.onPush = (chunk, start, end) =>
          this.events.onPush(receiver, chunk, start, end)
        // The server knows nobody to tell then, and has to be told another.
        receiver.pipeline.events.onClose = () =>
          this.links.get(address)?.pipeline.close("Closed", "the connection that is told was lost")
      }
      use(receiver)
    })
  }

  private onClosed(link: OpenedLink): void {
    if (!this.owns(link)) return
    this.links.delete(link.address)
    this.events.onLost()
  }
}

const isSame = (a: TrackingOptions, b: TrackingOptions): boolean => String(wordsOf(a)) === String(wordsOf(b))
