/**
 * One client's connection: commands are found in what it sends and, if they are
 * ordinary, forwarded at once; everything else goes to the dispatcher. Replies
 * leave in the order of their commands, in one write per turn of the event loop.
 *
 * A client can be held: nothing more of it is read as commands until it is let
 * go on. A client that lets too much gather, in one direction or the other, is
 * closed as Redis closes it; it keeps nobody else waiting meanwhile.
 */
import type { Duplex } from "node:stream"
import type { PipelineFailure } from "../../../../connection/PipelineFailure.ts"
import { slotOfRange } from "../../../../protocol/HashSlot.ts"
import type { ProxyContext } from "../ProxyContext.ts"
import type { ClosedBecause } from "../ProxyEvent.ts"
import { Command } from "../request/Command.ts"
import type { CommandEntry } from "../request/CommandEntry.ts"
import type { RequestScanner } from "../request/RequestScanner.ts"
import type { OpenedLink } from "../upstream/LinkOpener.ts"
import type { UpstreamSet } from "../upstream/UpstreamSet.ts"
import type { ClientProfile } from "./ClientProfile.ts"
import { ClientSessions } from "./ClientSessions.ts"
import { CommandFeed } from "./CommandFeed.ts"
import { LaneOrder } from "./LaneOrder.ts"
import { ClientOutput } from "./ClientOutput.ts"
import { type ReplyOutput, ReplyQueue, ReplyTurn } from "./ReplyQueue.ts"

/** One command in so many is timed; a power of two less one. */
const SAMPLE_MASK = 63

export interface ClientHandler {
  /** Deals with a command that is not simply forwarded. */
  onCommand(client: ProxyClient, command: Command): void
  /** The client is gone. */
  onClosed(client: ProxyClient): void
}

/** - `skip`: the next command's reply stays away. */
export type ReplyMode = "on" | "off" | "skip"

export class ProxyClient implements ReplyOutput {
  readonly profile: ClientProfile
  readonly context: ProxyContext
  readonly queue: ReplyQueue
  /** Where its ordinary commands go. */
  set: UpstreamSet
  readonly sessions = new ClientSessions()
  /** What a client that has gone leaves at a server, such as a command that blocks; called when it goes. */
  abandonBlocked: (() => void) | undefined
  isAuthenticated = true
  replyMode: ReplyMode = "on"
  isClosed = false
  readonly output: ClientOutput
  readonly lanes: LaneOrder
  private readonly feed: CommandFeed
  private readonly handler: ClientHandler
  /** No transaction, subscription or other state stands in the way of forwarding. */
  private isOrdinary = true
  private closing: { readonly because: ClosedBecause; readonly detail: string } | undefined
  private commands = 0

  constructor(
    socket: Duplex,
    profile: ClientProfile,
    set: UpstreamSet,
    context: ProxyContext,
    handler: ClientHandler
  ) {
    this.profile = profile
    this.set = set
    this.context = context
    this.handler = handler
    this.queue = new ReplyQueue(this)
    const { counters, limits, turn } = context
    this.output = new ClientOutput(socket, turn, counters, limits.outputBuffer, (bytes) =>
      this.close("output buffer", `${bytes} bytes were waiting for it`)
    )
    this.feed = new CommandFeed(socket, this.queue, limits, {
      onCommand: (scanner) => this.onCommand(scanner),
      onMalformed: (error) => this.refuse(error),
      onOverflow: (bytes) => this.close("query buffer", `${bytes} bytes without a whole command`),
      onFinished: () => this.closeAfterReplies("left", "")
    })
    this.lanes = new LaneOrder(this.queue, this.feed)
    socket.on("data", this.onData)
    socket.on("end", this.onEnd)
    socket.on("error", this.onError)
    socket.on("close", this.onSocketClose)
  }

  /** Bytes of commands that have not been looked at, for CLIENT LIST. */
  get queryBytes(): number {
    return this.feed.scanner.buffered
  }

  /** To be called when anything has changed that commands are forwarded without asking. */
  refresh(): void {
    this.feed.scanner.isUnauthenticated = !this.isAuthenticated
    this.isOrdinary =
      this.isAuthenticated &&
      this.replyMode === "on" &&
      !this.sessions.mayIntercept(this.profile.protocol) &&
      !this.context.pause.isOn &&
      !this.context.monitors.isOn
  }

  /** Answers the command at hand. */
  reply(reply: Buffer, entry?: CommandEntry): void {
    if (this.queue.length === 0) {
      if (entry !== undefined && reply[0] === MINUS) entry.errors++
      if (this.replyMode === "on") this.add(reply, 0, reply.length)
    } else this.turnFor(entry, -1, reply, 0, reply.length).answer(reply)
  }

  /** A place in line for the command at hand. */
  turnFor(
    entry: CommandEntry | undefined,
    slot: number,
    bytes: Buffer,
    start: number,
    end: number
  ): ReplyTurn {
    return this.enqueue(new ReplyTurn(this.set, this.context.recovery, entry, slot, bytes, start, end))
  }

  /** The turn is next in line. */
  enqueue<T extends ReplyTurn>(turn: T): T {
    if (this.replyMode !== "on") turn.isSilent = true
    if ((this.commands & SAMPLE_MASK) === 0) turn.startedAt = performance.now()
    this.queue.push(turn)
    return turn
  }

  /** Reads no further command until `release`. */
  hold(): void {
    this.feed.hold()
  }

  release(): void {
    this.feed.release()
    if (this.closing !== undefined && this.queue.length === 0) this.onDrained()
  }

  /** Runs `action` once all replies that are awaited have come; until it calls `release`, no further command is read. */
  afterDrained(action: () => void): void {
    this.feed.afterDrained(action)
  }

  /** A connection to itself; `giveBack` ends that. */
  acquire(address: string, acquired: (link: OpenedLink | PipelineFailure) => void): void {
    if (this.sessions.tracking?.lease !== undefined) this.sessions.tracking.lease(address, acquired)
    else this.context.sets.acquire(address, this.set.flavor, acquired)
  }

  giveBack(link: OpenedLink): void {
    if (this.sessions.tracking?.owns?.(link) === true) this.context.sets.takeBack(link)
    else this.context.sets.giveBack(link)
  }

  /** Sends what no command asked for, between two replies. */
  push(chunk: Buffer, start: number, end: number): void {
    this.add(chunk, start, end)
  }

  /** Closes it when it has got the replies that are under way. */
  closeAfterReplies(because: ClosedBecause, detail: string): void {
    this.feed.stop()
    this.closing ??= { because, detail }
    if (this.queue.length === 0) this.onDrained()
  }

  close(because: ClosedBecause, detail = ""): void {
    if (this.isClosed) return
    this.isClosed = true
    this.feed.stop()
    this.queue.abandon()
    this.output.close()
    this.abandonBlocked?.()
    this.sessions.end()
    const { address, id } = this.profile
    this.context.counters.onClosed(because)
    this.handler.onClosed(this)
    this.context.onEvent({ kind: "ClientClosed", id, address, because, detail })
  }

  add(chunk: Buffer, start: number, end: number): void {
    this.output.add(chunk, start, end)
  }

  onDrained(): void {
    if (this.feed.onDrained() && this.queue.length > 0) return
    const { closing } = this
    if (closing === undefined) this.onRoom()
    else if (!this.isClosed) this.output.end(() => this.close(closing.because, closing.detail))
  }

  onRoom(): void {
    this.feed.onRoom()
  }

  onHeld(bytes: number): void {
    this.output.checkWith(bytes)
  }

  onTroubled(): void {
    this.feed.holdUntilDrained()
  }

  onBroken(detail: string): void {
    this.close("lost", `in the middle of a reply: ${detail}`)
  }

  private readonly onData = (chunk: Buffer): void => {
    this.context.counters.bytesReceived += chunk.length
    this.profile.lastSpokeAt = Date.now()
    this.feed.append(chunk)
  }

  private onCommand(scanner: RequestScanner): void {
    const { context } = this
    const { argc, bytes, ends, starts } = scanner
    const entry = context.index.find(bytes, starts[0], ends[0])
    this.commands++
    if (
      entry !== undefined &&
      this.isOrdinary &&
      this.lanes.isOrdinary &&
      argc >= entry.least &&
      argc <= entry.most &&
      (entry.isPlain || (entry.isPlainAlone && argc === entry.least))
    ) {
      entry.calls++
      const key = entry.firstKey
      const turn = this.turnFor(
        entry,
        slotOfRange(bytes, starts[key], ends[key]),
        bytes,
        scanner.start,
        scanner.end
      )
      const link = this.set.ofSlot(turn.slot)
      if (link === undefined) context.recovery.onUnserved(turn)
      else turn.sendTo(link)
      return
    }
    const command = Command.of(scanner, entry)
    if (command.entry !== undefined) command.entry.calls++
    if (entry?.runsScript !== true && !this.lanes.leave(() => this.dispatch(command))) return
    this.handler.onCommand(this, command)
    if (this.replyMode === "skip" && command.name !== "client|reply") {
      this.replyMode = "on"
      this.refresh()
    }
  }

  /** Deals with a command that was kept waiting, and goes on with those behind it. */
  dispatch(command: Command): void {
    this.goOn(() => this.handler.onCommand(this, command))
  }

  /** Lets it go on with this, which may hold it again. */
  goOn(action: () => void): void {
    this.feed.letThrough(action)
  }

  private refuse(error: string): void {
    const reply = Buffer.from(`-${error}\r\n`, "latin1")
    this.reply(reply)
    this.closeAfterReplies("protocol", error)
  }

  /** It has said its last command; the replies are still for it. */
  private readonly onEnd = (): void => {
    if (this.profile.isBlocked || this.profile.subscriptions > 0) this.close("left")
    else this.feed.end()
  }

  private readonly onError = (error: Error): void => this.close("left", error.message)

  private readonly onSocketClose = (): void => this.close("left")
}

const MINUS = 0x2d
