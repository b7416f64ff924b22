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
import type { Flushable } from "../../../../connection/TurnFlush.ts"
import { WriteGather } from "../../../../connection/WriteGather.ts"
import { slotOfRange } from "../../../../protocol/HashSlot.ts"
import type { ProxyContext } from "../ProxyContext.ts"
import type { ClosedBecause } from "../ProxyEvent.ts"
import { Command } from "../request/Command.ts"
import type { CommandEntry } from "../request/CommandEntry.ts"
import { COMMAND, MALFORMED, RequestScanner } from "../request/RequestScanner.ts"
import type { Lane } from "../upstream/Flavor.ts"
import type { UpstreamSet } from "../upstream/UpstreamSet.ts"
import type { ClientProfile } from "./ClientProfile.ts"
import type { ClientSession } from "./ClientSession.ts"
import { type ReplyOutput, ReplyQueue, ReplyTurn } from "./ReplyQueue.ts"

/** One command in so many is timed; a power of two less one. */
const SAMPLE_MASK = 63
/** Bytes that are read from a client that is held; what else it sends waits in the network, unseen. */
const HELD_BYTES = 1024 * 1024

export interface ClientHandler {
  /** Deals with a command that is not simply forwarded. */
  onCommand(client: ProxyClient, command: Command): void
  /** The client is gone. */
  onClosed(client: ProxyClient): void
}

/** - `skip`: the next command's reply stays away. */
export type ReplyMode = "on" | "off" | "skip"

export class ProxyClient implements Flushable, ReplyOutput {
  readonly profile: ClientProfile
  readonly context: ProxyContext
  readonly queue: ReplyQueue
  /** Where its ordinary commands go. */
  set: UpstreamSet
  /** WATCH or MULTI. */
  transaction: ClientSession | undefined
  subscription: ClientSession | undefined
  monitor: ClientSession | undefined
  tracking: ClientSession | undefined
  /** What a client that has gone leaves at a server, such as a command that blocks; called when it goes. */
  abandonBlocked: (() => void) | undefined
  isAuthenticated = true
  replyMode: ReplyMode = "on"
  isFlushArmed = false
  isClosed = false
  /** Of a client with subscriptions it is another. */
  outputLimit: number
  private readonly socket: Duplex
  private readonly handler: ClientHandler
  private readonly scanner = new RequestScanner()
  private readonly output = new WriteGather()
  /** No transaction, subscription or other state stands in the way of forwarding. */
  private isOrdinary = true
  private lane: Lane | undefined
  private isHeld = false
  private isPumping = false
  private isPaused = false
  private isFull = false
  private whenDrained: (() => void) | undefined
  private closing: { readonly because: ClosedBecause; readonly detail: string } | undefined
  /** It has said its last word, and may still be owed replies. */
  private hasEnded = false
  private commands = 0

  constructor(
    socket: Duplex,
    profile: ClientProfile,
    set: UpstreamSet,
    context: ProxyContext,
    handler: ClientHandler
  ) {
    this.socket = socket
    this.profile = profile
    this.set = set
    this.context = context
    this.handler = handler
    this.queue = new ReplyQueue(this)
    this.outputLimit = context.limits.outputBuffer
    socket.on("data", this.onData)
    socket.on("end", this.onEnd)
    socket.on("error", this.onError)
    socket.on("close", this.onSocketClose)
  }

  /** Bytes of commands that have not been looked at, for CLIENT LIST. */
  get queryBytes(): number {
    return this.scanner.buffered
  }

  /** Bytes that it has not taken so far. */
  get outputBytes(): number {
    return this.output.size + this.socket.writableLength
  }

  /** To be called when anything has changed that commands are forwarded without asking. */
  refresh(): void {
    this.scanner.isUnauthenticated = !this.isAuthenticated
    this.isOrdinary =
      this.isAuthenticated &&
      this.replyMode === "on" &&
      this.transaction === undefined &&
      this.subscription === undefined &&
      this.monitor === undefined &&
      !this.context.pause.isOn
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
    this.isHeld = true
  }

  release(): void {
    if (this.closing !== undefined || this.isClosed) return
    this.isHeld = false
    this.pump()
  }

  /** Runs `action` once all replies that are awaited have come; until it calls `release`, no further command is read. */
  afterDrained(action: () => void): void {
    this.isHeld = true
    if (this.queue.length === 0) action()
    else this.whenDrained = action
  }

  /**
   * Runs `action`, which sends a command in this lane, once what was sent in
   * another has been answered: between two connections there is no order.
   */
  inLane(lane: Lane | undefined, action: () => void): void {
    if (this.lane === lane || this.queue.length === 0) {
      this.lane = lane
      return action()
    }
    this.afterDrained(() => {
      this.lane = lane
      action()
      this.release()
    })
  }

  /** Sends what no command asked for, between two replies. */
  push(chunk: Buffer, start: number, end: number): void {
    this.add(chunk, start, end)
  }

  /** Closes it when it has got the replies that are under way. */
  closeAfterReplies(because: ClosedBecause, detail: string): void {
    this.isHeld = true
    this.closing = { because, detail }
    if (this.queue.length === 0) this.onDrained()
  }

  close(because: ClosedBecause, detail = ""): void {
    if (this.isClosed) return
    this.isClosed = true
    this.isHeld = true
    this.queue.abandon()
    this.output.clear()
    this.socket.destroy()
    this.abandonBlocked?.()
    this.endSessions()
    const { address, id } = this.profile
    this.context.counters.onClosed(because)
    this.handler.onClosed(this)
    this.context.onEvent({ kind: "ClientClosed", id, address, because, detail })
  }

  /** Gives up what its sessions hold, as RESET does. */
  endSessions(): void {
    for (const session of [this.transaction, this.subscription, this.monitor, this.tracking]) session?.end()
    this.transaction = this.subscription = this.monitor = this.tracking = undefined
  }

  add(chunk: Buffer, start: number, end: number): void {
    if (this.isClosed) return
    this.output.add(chunk, start, end)
    if (!this.isFlushArmed) this.context.turn.arm(this)
  }

  flush(): void {
    if (this.isClosed) return
    this.context.counters.bytesSent += this.output.size
    this.output.flush(this.socket)
    if (this.socket.writableLength > this.outputLimit) {
      this.close("output buffer", `${this.socket.writableLength} bytes were waiting for it`)
    }
  }

  onDrained(): void {
    if (this.closing !== undefined) return this.end(this.closing.because, this.closing.detail)
    const action = this.whenDrained
    if (action === undefined) return this.onRoom()
    this.whenDrained = undefined
    action()
  }

  onRoom(): void {
    if (!this.isFull || this.queue.length > this.context.limits.pipelined / 2) return
    this.isFull = false
    this.pump()
  }

  onBroken(detail: string): void {
    this.close("lost", `in the middle of a reply: ${detail}`)
  }

  private end(because: ClosedBecause, detail: string): void {
    this.flush()
    this.socket.end(() => this.close(because, detail))
  }

  private readonly onData = (chunk: Buffer): void => {
    const { context, scanner } = this
    context.counters.bytesReceived += chunk.length
    scanner.append(chunk)
    this.pump()
    if (scanner.buffered > context.limits.queryBuffer) {
      this.close("query buffer", `${scanner.buffered} bytes without a whole command`)
    }
  }

  /** Deals with the commands that are there, as far as that is allowed. */
  private pump(): void {
    // Releasing it may be the last thing that a command does, within this very loop.
    if (this.isPumping) return
    this.isPumping = true
    const { limits } = this.context
    const { scanner } = this
    while (!this.isHeld) {
      if (this.queue.length >= limits.pipelined) {
        this.isFull = true
        break
      }
      const found = scanner.next()
      if (found === COMMAND) this.onCommand()
      else {
        if (found === MALFORMED) this.refuse(scanner.error)
        break
      }
    }
    this.isPumping = false
    this.pauseOrResume()
    if (this.hasEnded && !this.isHeld && !this.isFull) this.closeAfterReplies("left", "")
  }

  private pauseOrResume(): void {
    const mustPause = (this.isHeld || this.isFull) && this.scanner.buffered > HELD_BYTES
    if (mustPause === this.isPaused) return
    this.isPaused = mustPause
    if (mustPause) this.socket.pause()
    else this.socket.resume()
  }

  private onCommand(): void {
    const { context, scanner } = this
    const { argc, bytes, ends, starts } = scanner
    const entry = context.index.find(bytes, starts[0], ends[0])
    this.commands++
    if (
      entry !== undefined &&
      this.isOrdinary &&
      this.lane === undefined &&
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
    if (this.lane !== undefined && entry?.runsScript !== true) {
      if (this.queue.length > 0) {
        return this.afterDrained(() => {
          this.lane = undefined
          this.dispatch(command)
        })
      }
      this.lane = undefined
    }
    this.handler.onCommand(this, command)
    if (this.replyMode === "skip" && command.name !== "client|reply") {
      this.replyMode = "on"
      this.refresh()
    }
  }

  /** Deals with a command that was kept waiting, and goes on with those behind it. */
  dispatch(command: Command): void {
    this.isHeld = false
    this.handler.onCommand(this, command)
    this.pump()
  }

  private refuse(error: string): void {
    const reply = Buffer.from(`-${error}\r\n`, "latin1")
    this.reply(reply)
    this.closeAfterReplies("protocol", error)
  }

  /** It has said its last command; the replies are still for it. */
  private readonly onEnd = (): void => {
    this.hasEnded = true
    if (this.profile.isBlocked || this.profile.subscriptions > 0) this.close("left")
    else this.pump()
  }

  private readonly onError = (error: Error): void => this.close("left", error.message)

  private readonly onSocketClose = (): void => this.close("left")
}

const MINUS = 0x2d
