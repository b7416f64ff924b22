/** One stream of a crew: the socket it has, the work it was given, and what is left of that if the connection is lost. */
import * as Duration from "effect/Duration"
import type { Duplex } from "node:stream"
import { ConnectionError } from "../../connection/ConnectionError.ts"
import type { StreamSizes } from "../../dataset/FillPlan.ts"
import type { GroupReplies } from "../../dataset/FillReplies.ts"
import type { GroupCursor } from "../../dataset/GroupCursor.ts"
import type { GroupFormat } from "../../dataset/GroupFormat.ts"
import type { PendingGroups } from "../../dataset/PendingGroups.ts"
import type { Brake } from "./Brake.ts"
import { GroupStream } from "./GroupStream.ts"
import type { StreamEnd } from "./GroupStreamOptions.ts"

/** What a reader of replies needs of the stream that it reads for. */
export interface StreamPort {
  /** The node, `host:port`. */
  readonly address: string
  /** See `GroupStream`. */
  readonly hold: (keys: number) => void
  readonly settle: (keys: number) => void
}

export interface MemberOptions {
  readonly format: GroupFormat
  readonly stride: number
  readonly sizes: StreamSizes
  readonly replies: "on" | "off"
  readonly silenceTimeout: Duration.Duration
  readonly makeReplies: (pending: PendingGroups, port: StreamPort) => GroupReplies
  /** What holds back the streams of a node, if anything does. */
  readonly brakeOf?: (address: string) => Brake | undefined
  /** A group is on its way to that node. */
  readonly onSent: (address: string, first: number, keys: number) => void
  /** A node has been sent so many commands over one connection, and has executed them or answered them. */
  readonly onExecuted: (address: string, commands: number) => void
  /** So many keys go again, because a connection was lost that may have carried them. */
  readonly onRepeated: (address: string, keys: number) => void
}

/** A connection that was lost. */
export interface Loss {
  /** The work that has to be done elsewhere. */
  readonly left: ReadonlyArray<GroupCursor>
  readonly error: ConnectionError
  /** The connection has carried something: the next loss is another story. */
  readonly hasProgress: boolean
}

export class CrewMember implements StreamPort {
  readonly address: string
  private readonly options: MemberOptions
  private readonly stream: GroupStream
  /** Of replies off: all that it was ever given, since nobody can say what of it was done. */
  private readonly given: Array<GroupCursor> = []
  private commands = 0
  private hasProgress = false

  /** @param onEnd called once; without a loss, everything given or kept has been done */
  constructor(
    address: string,
    socket: Duplex,
    options: MemberOptions,
    onEnd: (loss: Loss | undefined) => void
  ) {
    this.address = address
    this.options = options
    this.stream = new GroupStream({
      ...options,
      socket,
      silenceTimeout: Duration.toMillis(options.silenceTimeout),
      brake: options.brakeOf?.(address),
      makeReplies: (pending) => this.watched(options.makeReplies(pending, this)),
      onSent: (first, keys) => {
        if (options.replies === "off") this.hasProgress = true
        this.commands += options.format.isReplyPerKey ? keys : 1
        options.onSent(address, first, keys)
      },
      onEnd: (end) => onEnd(this.lossOf(end))
    })
  }

  /** Keys assigned and not yet sent. */
  get remainingKeys(): number {
    return this.stream.remainingKeys
  }

  /** False when it takes nothing any more. */
  assign(work: ReadonlyArray<GroupCursor>): boolean {
    const clones = this.options.replies === "off" ? work.map((cursor) => cursor.clone()) : []
    if (!this.stream.assign(work)) return false
    this.given.push(...clones)
    return true
  }

  /** Gives back the work not yet sent that belongs to other nodes, by node. */
  release(ownerOf: (slot: number) => string | undefined): Map<string | undefined, Array<GroupCursor>> {
    return this.stream.release(ownerOf, this.address)
  }

  hold(keys: number): void {
    this.stream.hold(keys)
  }

  settle(keys: number): void {
    this.stream.settle(keys)
  }

  /** See `GroupStream`. */
  get silentFor(): number {
    return this.stream.silentFor
  }

  abandon(detail: string): void {
    this.stream.abandon(detail)
  }

  stop(): void {
    this.stream.stop()
  }

  detach(): void {
    this.stream.detach()
  }

  private watched(replies: GroupReplies): GroupReplies {
    return {
      push: (chunk) => {
        this.hasProgress = true
        return replies.push(chunk)
      }
    }
  }

  private lossOf(end: StreamEnd): Loss | undefined {
    const { format, onExecuted, onRepeated, replies } = this.options
    if (end._tag !== "Lost") {
      onExecuted(this.address, this.commands)
      return undefined
    }
    const unsent = this.stream.takeWork()
    const left = replies === "off" ? this.given : [this.stream.takeUnanswered(), ...unsent]
    onRepeated(this.address, keysOf(left) - keysOf(unsent))
    const error = new ConnectionError({
      reason: "Closed",
      sent: "maybe",
      node: this.address,
      command: format.commandName,
      detail: end.detail
    })
    return { left, error, hasProgress: this.hasProgress }
  }
}

const keysOf = (work: ReadonlyArray<GroupCursor>): number =>
  work.reduce((keys, cursor) => keys + cursor.remainingKeys, 0)
