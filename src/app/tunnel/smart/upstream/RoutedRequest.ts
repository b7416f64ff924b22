/**
 * A command on its way to the node that serves its slot. Its reply goes on as
 * it comes; an error that means "not here" or "not now", and a lost connection,
 * go to the recovery first, which may send it again.
 */
import type { PipelineFailure } from "../../../../connection/PipelineFailure.ts"
import type { RawRequest } from "../../../../connection/RawPipeline.ts"
import type { CommandEntry } from "../request/CommandEntry.ts"
import type { UpstreamLink } from "./UpstreamLink.ts"
import type { UpstreamSet } from "./UpstreamSet.ts"

/** What is done about a command that did not get a reply to keep. */
export interface RequestRecovery {
  /** Looks at an error reply; true when it has taken the command over. */
  onErrorReply(request: RoutedRequest, chunk: Buffer, start: number, end: number): boolean
  /** Takes over a command whose slot nobody serves. */
  onUnserved(request: RoutedRequest): void
  /** Takes the command over; it ends in a reply or in `fail`. */
  onLost(request: RoutedRequest, failure: PipelineFailure): void
  /** Follows a MOVED that `from` has answered with: the node it names; `undefined` when the text is none. */
  follow(text: string, from: string): string | undefined
  /**
   * For what is sent to several nodes: tries again later, when another topology
   * or a little patience may help, or says why not, in words for the client.
   * `trials` is the same object for all trials of one command, 0 at first.
   */
  later(
    trials: { since: number },
    failure: PipelineFailure,
    entry: CommandEntry | undefined,
    retry: () => void,
    giveUp: (reply: string) => void
  ): void
}

const MINUS = 0x2d

export abstract class RoutedRequest implements RawRequest {
  bytes: Buffer
  start: number
  end: number
  isPatient = false
  nextRequest: RawRequest | undefined = undefined
  readonly set: UpstreamSet
  readonly recovery: RequestRecovery
  /** `undefined` for a command that nobody knows. */
  readonly entry: CommandEntry | undefined
  /** 0 to 16383, or negative: any master will do. */
  readonly slot: number
  /** Where it was sent last. */
  address: string | undefined = undefined
  /** What the recovery has tried so far; its own. */
  trials: unknown = undefined
  /** Part of its reply has been handed on: it cannot be sent again any more. */
  private hasBegun = false

  constructor(
    set: UpstreamSet,
    recovery: RequestRecovery,
    entry: CommandEntry | undefined,
    slot: number,
    bytes: Buffer,
    start: number,
    end: number
  ) {
    this.set = set
    this.recovery = recovery
    this.entry = entry
    this.slot = slot
    this.bytes = bytes
    this.start = start
    this.end = end
  }

  /** Part of the reply, whole if it is first and last. */
  protected abstract deliver(chunk: Buffer, start: number, end: number, isLast: boolean): void
  /** The connection was lost in the middle of the reply. */
  protected abstract breakOff(failure: PipelineFailure): void

  /** Answers with a text of our own, such as `-ERR ...`, without its line end. */
  fail(reply: string): void {
    const bytes = Buffer.from(`${reply}\r\n`, "latin1")
    this.deliver(bytes, 0, bytes.length, true)
  }

  /** The recovery has taken it over: what comes behind it should not overtake it. */
  onTroubled(): void {}

  /** Keys of a slot on the move may be divided between two nodes: true when the command goes on as one for each key. */
  divide(): boolean {
    return false
  }

  sendTo(link: UpstreamLink): void {
    this.address = link.address
    link.submit(this)
  }

  /** Sends it, again perhaps, to this node; `isAsking`: an ASK leads there. */
  goTo(address: string, isAsking: boolean): void {
    const link = this.set.ofAddress(address)
    if (isAsking) link.submit(asking())
    this.sendTo(link)
  }

  onReply(chunk: Buffer, start: number, end: number, isFirst: boolean, isLast: boolean): void {
    if (isFirst && chunk[start] === MINUS && this.recovery.onErrorReply(this, chunk, start, end)) return
    if (!isLast) this.hasBegun = true
    this.deliver(chunk, start, end, isLast)
  }

  onFailure(failure: PipelineFailure): void {
    if (this.hasBegun) this.breakOff(failure)
    else this.recovery.onLost(this, failure)
  }
}

const ASKING = Buffer.from("*1\r\n$6\r\nASKING\r\n")

/** Goes ahead of a command that follows an ASK; its reply is nobody's. */
export const asking = (): RawRequest => new Unheard(ASKING)

/** A command whose reply nobody waits for. */
export class Unheard implements RawRequest {
  readonly bytes: Buffer
  readonly start = 0
  readonly end: number
  readonly isPatient = false
  nextRequest: RawRequest | undefined = undefined

  constructor(bytes: Buffer) {
    this.bytes = bytes
    this.end = bytes.length
  }

  onReply(): void {}

  onFailure(): void {}
}
