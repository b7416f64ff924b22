/**
 * WATCH, MULTI and what is queued, on a connection of the client's own to the
 * node of the first key. That node queues the commands and executes them, so
 * its words are the client's: QUEUED, EXECABORT, CROSSSLOT.
 *
 * - Before the first key no node is the right one. What was queued until then is
 *   queued again, unheard, at the node that the key belongs to.
 * - A node that is lost, or has given the slot away, before EXEC has executed
 *   nothing: the queue is built up again elsewhere. What was watched there is lost
 *   with it; then EXEC answers as if a watched key had changed.
 */
import { commandSlot, CROSS_SLOT as CROSSED, NO_KEY } from "../../../../protocol/CommandTable.ts"
import type { ClientSession } from "../client/ClientSession.ts"
import type { ProxyClient } from "../client/ProxyClient.ts"
import type { ReplyTurn } from "../client/ReplyQueue.ts"
import * as Replies from "../dispatch/Replies.ts"
import type { Command } from "../request/Command.ts"
import { askWhetherBusy } from "../script/BusyProbe.ts"
import type { OpenedLink } from "../upstream/LinkOpener.ts"
import { type RequestRecovery, Unheard } from "../upstream/RoutedRequest.ts"
import { applyQueuedPauses, queuedPause } from "./PauseCommands.ts"
import { TransactionLink } from "./TransactionLink.ts"
import { transactionRecovery } from "./TransactionRecovery.ts"
import { WatchedTurn } from "./WatchedTurn.ts"

const MULTI = Replies.command("MULTI")
const DISCARD = Replies.command("DISCARD")
const UNWATCH = Replies.command("UNWATCH")
const EXEC_ABORTED = Replies.error("EXECABORT Transaction discarded because of previous errors.")
const NESTED_MULTI = Replies.error("ERR MULTI calls can not be nested")
const WATCH_IN_MULTI = Replies.error("ERR WATCH inside MULTI is not allowed")
const EMPTY_ARRAY = Buffer.from("*0\r\n")

const NOT_ALLOWED = Replies.error("ERR Command not allowed inside a transaction")
/** Would leave something behind on a connection that others get afterwards. */
const UNFIT: ReadonlySet<string> = new Set([
  "auth",
  "client|reply",
  "client|tracking",
  "hello",
  "psubscribe",
  "punsubscribe",
  "script|debug",
  "ssubscribe",
  "subscribe",
  "sunsubscribe",
  "unsubscribe"
])

export class Transaction implements ClientSession {
  private readonly client: ProxyClient
  private readonly link: TransactionLink
  private watch: "none" | "held" | "broken" = "none"
  private isMulti = false
  /** What begins it at a node: CLIENT CACHING, if the client has said that just before, and MULTI. */
  private beginning: ReadonlyArray<Buffer> = []
  /** A command was refused: the node may not know of it, if the proxy refused it or the node was another. */
  private isDirty = false
  /** Of the first key; then no other node will do. */
  private slot = NO_KEY
  /** What a node has taken. */
  private readonly queued: Array<Command> = []
  private readonly recovery: RequestRecovery

  constructor(client: ProxyClient) {
    this.client = client
    this.link = new TransactionLink(
      client,
      (link) => this.rebuild(link),
      () => {
        if (this.watch === "held") this.watch = "broken"
      }
    )
    this.recovery = transactionRecovery(client.context.recovery, {
      mustStay: () => this.watch === "held",
      follow: (request, from, address) => {
        // The first of several that were refused; the others find the new connection, or the one that is being opened.
        if (this.link.address === from) this.link.giveBack(DISCARD)
        this.submit(address, request as ReplyTurn)
      }
    })
    client.sessions.transaction = this
    client.refresh()
  }

  intercept(command: Command): boolean {
    if (!this.isMulti) return false
    const { client } = this
    const { entry } = command
    const { monitors } = client.context
    switch (entry !== undefined && command.hasItsArity ? entry.name : "") {
      case "multi":
        monitors.show(client, command)
        client.reply(NESTED_MULTI, entry)
        return true
      case "watch":
        monitors.show(client, command)
        client.reply(WATCH_IN_MULTI, entry)
        return true
      case "exec":
        client.afterDrained(() =>
          askWhetherBusy(client, (busy) =>
            busy === undefined ? this.exec(command) : this.endShown(abortedBecause(busy), command)
          )
        )
        return true
      case "discard":
        client.afterDrained(() => this.endShown(Replies.OK, command))
        return true
      case "quit":
      case "reset":
        return false
      default:
        if (client.context.sets.busyWithScript(client.set.flavor) === undefined)
          this.queue(queuedPause(command))
        else this.queueUnlessBusy(queuedPause(command))
        return true
    }
  }

  onRefused(): void {
    if (this.isMulti) this.isDirty = true
  }

  /** The client is gone, or has said RESET. */
  end(lastWord: Buffer = this.isMulti ? DISCARD : UNWATCH, reply?: Buffer, command?: Command): void {
    const { client } = this
    this.link.giveBack(lastWord)
    this.finish()
    if (reply === undefined) return
    client.reply(reply, command?.entry)
    client.release()
  }

  /** Reads no further until the node has answered: what is read afterwards is read while it watches. */
  watchKeys(command: Command): void {
    const { client } = this
    const slot = commandSlot(command.entry!.spec, command.args)
    const owner = client.context.sets.addressOf(slot)
    if (slot === CROSSED || (this.link.target !== undefined && this.link.target !== owner)) {
      client.reply(Replies.CROSS_SLOT, command.entry)
      return this.finishIfIdle()
    }
    client.afterDrained(() => {
      const turn = new WatchedTurn(client, this.recovery, command, slot, (answer) => {
        if (answer !== "error") this.watch = "held"
        else this.finishIfIdle()
        client.release()
      })
      client.enqueue(turn)
      this.slot = slot
      this.submit(owner, turn)
    })
  }

  /** What went to other connections has to be executed before what goes to its own. */
  multi(command: Command): void {
    const { client } = this
    client.afterDrained(() => {
      this.isMulti = true
      this.beginning = [client.sessions.tracking?.takeCaching?.() ?? [], MULTI].flat()
      client.profile.queuedCommands = 0
      if (this.link.address !== undefined) {
        this.link.with(
          undefined,
          (link) => this.begin(link),
          () => {}
        )
      }
      client.reply(Replies.OK, command.entry)
      client.release()
    })
  }

  unwatch(command: Command): void {
    const { client } = this
    client.afterDrained(() => this.end(UNWATCH, Replies.OK, command))
  }

  private queueUnlessBusy(command: Command): void {
    const { client } = this
    client.afterDrained(() =>
      askWhetherBusy(client, (busy) => {
        if (busy === undefined) this.queue(command)
        else {
          this.isDirty = true
          client.reply(busy, command.entry)
        }
        client.release()
      })
    )
  }

  private queue(command: Command): void {
    const { client } = this
    const { entry } = command
    if (entry !== undefined && UNFIT.has(entry.name)) {
      this.isDirty = true
      return client.reply(NOT_ALLOWED, entry)
    }
    if (this.watch === "broken") return client.reply(Replies.QUEUED, entry)
    const slot = entry === undefined || !command.hasItsArity ? NO_KEY : commandSlot(entry.spec, command.args)
    const owner = client.context.sets.addressOf(slot)
    const isElsewhere = slot >= 0 && this.link.target !== undefined && this.link.target !== owner
    if (slot === CROSSED || (isElsewhere && this.slot >= 0)) {
      this.isDirty = true
      return client.reply(Replies.CROSS_SLOT, entry)
    }
    const submit = (): void => {
      if (isElsewhere) this.link.giveBack(DISCARD)
      if (this.slot < 0) this.slot = slot
      const turn = new WatchedTurn(client, this.recovery, command, slot, (answer) => {
        if (answer === "error") this.isDirty = true
        else client.profile.queuedCommands = this.queued.push(command)
      })
      client.enqueue(turn)
      this.submit(this.owner, turn)
    }
    // What is on its way to the wrong node has to be known before it can be queued at the right one.
    if (!isElsewhere) return submit()
    client.afterDrained(() => {
      submit()
      client.release()
    })
  }

  /** EXEC or DISCARD, without anything that is executed. */
  private endShown(reply: Buffer, command: Command): void {
    this.client.context.monitors.show(this.client, command)
    this.end(DISCARD, reply, command)
  }

  private exec(command: Command): void {
    const { client } = this
    if (this.watch === "broken") {
      return this.endShown(client.profile.protocol === 3 ? Replies.NULL : Replies.NULL_ARRAY, command)
    }
    if (this.isDirty) return this.endShown(EXEC_ABORTED, command)
    if (this.queued.length === 0 && this.watch === "none") return this.endShown(EMPTY_ARRAY, command)
    const turn = new WatchedTurn(client, this.recovery, command, this.slot, (answer) => {
      const { monitors } = client.context
      if (answer === "value") for (const queued of this.queued) monitors.show(client, queued)
      monitors.show(client, command)
      this.link.giveBack()
      this.finish()
      if (answer === "value") applyQueuedPauses(client, this.queued)
      client.release()
    })
    turn.isPatient = client.context.pause.isOn
    client.enqueue(turn)
    this.submit(this.owner, turn)
  }

  private submit(address: string | undefined, turn: ReplyTurn): void {
    this.link.with(
      address,
      (link) => {
        turn.address = link.address
        link.pipeline.submit(turn)
      },
      (text) => turn.fail(text)
    )
  }

  /** MULTI, and what has been queued before, with nobody to hear it. */
  private rebuild(link: OpenedLink): void {
    if (!this.isMulti) return
    this.begin(link)
    const { pipeline } = link
    for (const { bytes, end, start } of this.queued) pipeline.submit(new Unheard(bytes.subarray(start, end)))
  }

  private begin({ pipeline }: OpenedLink): void {
    for (const words of this.beginning) pipeline.submit(new Unheard(words))
  }

  private get owner(): string | undefined {
    const { sets } = this.client.context
    return this.slot >= 0 ? sets.addressOf(this.slot) : (this.link.address ?? sets.masters()[0])
  }

  private finish(): void {
    this.client.profile.queuedCommands = -1
    this.client.sessions.transaction = undefined
    this.client.refresh()
  }

  private finishIfIdle(): void {
    if (this.watch !== "none" || this.isMulti) return
    this.link.giveBack()
    this.finish()
  }
}

/** As Redis words it. */
const abortedBecause = (error: Buffer): Buffer =>
  Replies.error(`EXECABORT Transaction discarded because of: ${error.toString("latin1", 1).trimEnd()}`)
