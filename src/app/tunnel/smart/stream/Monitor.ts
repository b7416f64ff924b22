/**
 * MONITOR: the commands of the proxy's clients from the proxy's own feed, and
 * what scripts do from the masters.
 */
import { commandSlot, NO_KEY } from "../../../../protocol/CommandTable.ts"
import { PipelineFailure } from "../../../../connection/PipelineFailure.ts"
import type { ClientSession } from "../client/ClientSession.ts"
import type { ProxyClient } from "../client/ProxyClient.ts"
import type { Handler } from "../dispatch/Dispatcher.ts"
import * as Replies from "../dispatch/Replies.ts"
import type { Command } from "../request/Command.ts"
import { countdown } from "../Countdown.ts"
import type { MonitorListener } from "./MonitorFeed.ts"
import type { OpenedLink } from "../upstream/LinkOpener.ts"

const MONITOR = Replies.command("MONITOR")
const PING = Replies.command("PING")
const PONG = "+PONG\r\n"
const NOT_ALLOWED = Replies.error("ERR Replica can't interact with the keyspace")
/** A master that could not be reached is tried again after so long. */
const RETRY_MILLISECONDS = 200
const MINUS = 0x2d
/** A line of a master about what a script does. */
const OF_A_SCRIPT = /^\+[\d.]+ \[\d+ lua\] /
const LONGEST_HEAD = 48

/** Reads without naming a key, and what may change keys without being called a write (CMD_MAY_REPLICATE). */
const USES_KEYS: ReadonlySet<string> = new Set([
  "dbsize",
  "eval",
  "eval_ro",
  "evalsha",
  "evalsha_ro",
  "fcall",
  "fcall_ro",
  "keys",
  "lolwut",
  "pfcount",
  "publish",
  "randomkey",
  "scan",
  "spublish"
])

const usesKeys = ({ args, entry }: Command): boolean =>
  entry !== undefined &&
  (entry.spec.write ||
    USES_KEYS.has(entry.name) ||
    (entry.spec.readOnly && commandSlot(entry.spec, args) !== NO_KEY))

export class Monitor implements ClientSession, MonitorListener {
  readonly client: ProxyClient
  private readonly links = new Map<string, OpenedLink | "opening">()
  /** Of each master that tells: who waits for the answers to PING, which come behind what it has told so far. */
  private readonly catchingUp = new Map<OpenedLink, Array<() => void>>()
  private readonly stopWatching: () => void
  private retry: NodeJS.Timeout | undefined
  private whenStarted: ((refusal: Buffer | undefined) => void) | undefined
  private readonly onStarted: () => void
  /** Lines that come before the client has been told that it monitors. */
  private held: Array<Buffer> | undefined = []
  private awaited = 0
  private isEnded = false

  /**
   * From here on commands are noted: one server monitors as soon as it has read
   * MONITOR. `whenStarted` is called when every master has agreed, or one has not.
   */
  constructor(client: ProxyClient, whenStarted: (refusal: Buffer | undefined) => void) {
    this.client = client
    this.whenStarted = whenStarted
    this.onStarted = client.context.monitors.starting.begin()
    client.context.monitors.add(this)
    this.stopWatching = client.context.sets.onChange(() => this.listen())
    this.listen()
  }

  push(chunk: Buffer, start: number, end: number): void {
    if (this.held === undefined) this.client.push(chunk, start, end)
    else this.held.push(Buffer.from(chunk.subarray(start, end)))
  }

  catchUp(done: () => void): void {
    const one = countdown(this.catchingUp.size, done)
    for (const [link, waiting] of this.catchingUp) {
      waiting.push(one)
      link.pipeline.write(PING)
    }
  }

  /** The client has been told. */
  start(): void {
    for (const line of this.held ?? []) this.client.push(line, 0, line.length)
    this.held = undefined
  }

  /** To a server, who monitors is a kind of replica. */
  intercept(command: Command): boolean {
    if (!command.hasItsArity || !usesKeys(command)) return false
    this.client.sessions.transaction?.onRefused?.()
    this.client.reply(NOT_ALLOWED, command.entry)
    return true
  }

  end(): void {
    this.isEnded = true
    this.onStarted()
    this.stopWatching()
    clearTimeout(this.retry)
    for (const link of this.links.values()) {
      if (link !== "opening") this.client.context.sets.discard(link)
    }
    this.links.clear()
    for (const link of Array.from(this.catchingUp.keys())) this.tellsNoMore(link)
    this.client.context.monitors.delete(this)
    this.client.profile.isMonitor = false
  }

  /** Of every master there is; one that has left ends its connection by itself. */
  private listen(): void {
    for (const address of this.client.context.sets.masters())
      if (!this.links.has(address)) this.listenTo(address)
  }

  private listenTo(address: string): void {
    const { client } = this
    const { sets } = client.context
    this.links.set(address, "opening")
    sets.acquire(address, client.set.flavor, (link) => {
      if (link instanceof PipelineFailure) {
        this.links.delete(address)
        // Scripts do not wait for a master that is not there.
        this.onStarted()
        return this.listenLater()
      }
      if (this.isEnded) return sets.discard(link)
      this.links.set(address, link)
      let hasAgreed = false
      link.pipeline.events.onStream = (chunk, start, end) => {
        if (hasAgreed) return this.onLine(link, chunk, start, end)
        hasAgreed = true
        this.catchingUp.set(link, [])
        this.onAnswer(chunk[start] === MINUS ? Buffer.from(chunk.subarray(start, end)) : undefined)
      }
      link.pipeline.events.onClose = () => {
        this.links.delete(address)
        this.tellsNoMore(link)
        if (!this.isEnded) this.listenLater()
      }
      link.pipeline.write(MONITOR)
    })
  }

  private listenLater(): void {
    clearTimeout(this.retry)
    this.retry = setTimeout(() => this.listen(), RETRY_MILLISECONDS)
    this.retry.unref()
  }

  private onAnswer(refusal: Buffer | undefined): void {
    this.awaited++
    if (refusal === undefined && this.awaited < this.links.size) return
    this.onStarted()
    this.whenStarted?.(refusal)
    this.whenStarted = undefined
  }

  private onLine(link: OpenedLink, chunk: Buffer, start: number, end: number): void {
    const head = chunk.toString("latin1", start, Math.min(end, start + LONGEST_HEAD))
    if (OF_A_SCRIPT.test(head)) this.push(chunk, start, end)
    else if (head === PONG) this.catchingUp.get(link)?.shift()?.()
  }

  private tellsNoMore(link: OpenedLink): void {
    const waiting = this.catchingUp.get(link) ?? []
    this.catchingUp.delete(link)
    for (const done of waiting) done()
  }
}

const monitor: Handler = (client, command) => {
  // A second MONITOR is not answered at all, as by a server.
  if (client.sessions.monitor !== undefined) return
  client.afterDrained(() => {
    const session = new Monitor(client, (refusal) => {
      client.reply(refusal ?? Replies.OK, command.entry)
      if (refusal === undefined) {
        client.profile.isMonitor = true
        client.output.limit = client.context.limits.subscriberOutputBuffer
        session.start()
      } else {
        session.end()
        client.sessions.monitor = undefined
      }
      client.refresh()
      client.release()
    })
    client.sessions.monitor = session
  })
}

export const streamCommands: ReadonlyArray<readonly [name: string, handler: Handler]> = [["monitor", monitor]]
