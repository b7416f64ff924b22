/**
 * What a server says to a client, with the nodes that it names at the places
 * where the tunnel has them. Kernel.
 *
 * - Only the replies to CLUSTER SLOTS, SHARDS, NODES, SLAVES and REPLICAS (also
 *   in the reply to EXEC) and the errors MOVED and ASK are rewritten, told by the
 *   commands that asked for them. Everything else goes on as it comes, in parts
 *   if it comes in parts.
 * - A reply that names a node without a place is kept back, with all that follows
 *   it, until the node has one.
 */
import { CarryBuffer } from "../../../protocol/CarryBuffer.ts"
import { INCOMPLETE, MALFORMED, ReplyScanner } from "../../../protocol/ReplyScanner.ts"
import * as Resp from "../../../protocol/Resp.ts"
import type { RespValue } from "../../../protocol/Resp.ts"
import { decodeAll } from "../../../protocol/RespDecoder.ts"
import { RespEncoder } from "../../../protocol/RespEncoder.ts"
import { ARRAY, BULK_ERROR, MAP, PUSH, SIMPLE_ERROR } from "../../../protocol/RespLine.ts"
import {
  type Place,
  type PortNames,
  type Replace,
  replaceNodes,
  replaceRedirection,
  replaceReplicas,
  replaceShards,
  replaceSlots
} from "../pinned/ClusterReply.ts"
import type { ExpectedReplies, ExpectedReply, ReplyKind } from "./ExpectedReplies.ts"

/** The cluster as a client of one node's port is to see it. */
export interface Viewpoint extends PortNames {
  readonly replace: Replace
  /** Finds places for nodes that have none. Calls back later, whether or not it could. */
  readonly learn: (nodes: ReadonlyArray<Place>, done: () => void) => void
}

export interface RewriterEvents {
  /** Gets what the client is to be told. */
  readonly give: (bytes: Buffer) => void
  /** What was kept back has been given. */
  readonly onReleased: () => void
  readonly onRedirection: (kind: "MOVED" | "ASK") => void
  /** A reply to the oldest command has come. */
  readonly onReply: (oldest: ExpectedReply, isError: boolean) => void
}

export class ReplyRewriter {
  private readonly expected: ExpectedReplies
  private readonly viewpoint: Viewpoint | undefined
  private readonly events: RewriterEvents
  private readonly scanner = new ReplyScanner()
  private readonly carry = new CarryBuffer()
  /** Subscriptions of the client, as confirmed. */
  private topics = 0
  private shardTopics = 0
  /** The type of the reply that has begun; 0 between two. */
  private type = 0
  /** It is gathered, and not handed on in parts. */
  private isWhole = false
  private protocol: 2 | 3 = 2
  /** Of the commands since MULTI that were queued; `undefined` outside of a transaction. */
  private queued: Array<ReplyKind> | undefined
  /** Everything goes on as it is from here on. */
  private isRaw = false
  /** What waits behind a reply that is kept back. */
  private waiting: Array<Buffer> | undefined

  /** Without a viewpoint nothing is rewritten. */
  constructor(expected: ExpectedReplies, viewpoint: Viewpoint | undefined, events: RewriterEvents) {
    this.expected = expected
    this.viewpoint = viewpoint
    this.events = events
  }

  get isHolding(): boolean {
    return this.waiting !== undefined
  }

  push(chunk: Buffer): void {
    if (this.waiting !== undefined) this.waiting.push(chunk)
    else if (this.isRaw) this.pass(chunk)
    else this.read(chunk)
  }

  private read(chunk: Buffer): void {
    /** Before `given` everything has been dealt with; from there to `start` it goes on as it is. */
    let given = 0
    let start = 0
    while (start < chunk.length) {
      if (this.type === 0) this.begin(chunk[start])
      const end = this.scanner.next(chunk, start)
      if (end === MALFORMED) {
        this.isRaw = true
        return this.pass(chunk.subarray(given))
      }
      const stop = end === INCOMPLETE ? chunk.length : end
      if (this.isWhole) {
        if (given < start) this.events.give(chunk.subarray(given, start))
        given = stop
        if (!this.gather(chunk, start, stop, end !== INCOMPLETE)) return
      } else if (end !== INCOMPLETE) {
        this.settlePlain()
      }
      start = stop
    }
    if (given < chunk.length) this.events.give(given === 0 ? chunk : chunk.subarray(given))
  }

  /** A reply begins: is it to be seen whole? Most are not. */
  private begin(type: number): void {
    this.type = type
    const kind = this.expected.oldest?.kind ?? "other"
    this.isWhole =
      type === SIMPLE_ERROR ||
      type === PUSH ||
      (kind === "exec" ? this.namesNodes() : kind !== "other" || this.queued !== undefined) ||
      (type === ARRAY && this.isSubscriber())
  }

  /** Of a RESP2 client with subscriptions an array may be a message. */
  private isSubscriber(): boolean {
    return this.protocol === 2 && this.topics + this.shardTopics > 0
  }

  private namesNodes(): boolean {
    return this.queued?.some((kind) => kind !== "other") === true
  }

  private settlePlain(): void {
    const { oldest } = this.expected
    const { type } = this
    this.type = 0
    if (oldest === undefined) return
    if (oldest.kind === "exec") this.queued = undefined
    this.events.onReply(oldest, type === BULK_ERROR)
    this.expected.settleOne()
  }

  /** False when the rest of the chunk has been seen to. */
  private gather(chunk: Buffer, start: number, end: number, isLast: boolean): boolean {
    if (!isLast || this.carry.length > 0) this.carry.append(chunk, start, end, Infinity)
    if (!isLast) return true
    const whole = this.carry.length > 0 ? this.carry.take(this.carry.length) : chunk.subarray(start, end)
    const type = this.type
    this.type = 0
    this.deliver(type, whole)
    if (this.waiting === undefined && !this.isRaw) return true
    if (end < chunk.length) this.push(chunk.subarray(end))
    return false
  }

  private deliver(type: number, whole: Buffer): void {
    const { oldest } = this.expected
    const [value] = decodeAll(whole).values
    if (value === undefined) return this.pass(whole)
    if (type === PUSH || (type === ARRAY && (oldest?.kind === "subscription" || this.isSubscriber()))) {
      const isAnswer = this.noteMessage(value, oldest)
      if (type === PUSH || isAnswer) return this.pass(whole)
    }
    if (type === SIMPLE_ERROR) this.refused(value, whole, oldest)
    else this.answered(type, value, whole, oldest)
  }

  /** True when it is a message or a confirmation, and not the reply to an ordinary command. */
  private noteMessage(value: RespValue, oldest: ExpectedReply | undefined): boolean {
    const [first, , total] = Resp.elements(value) ?? []
    const word = first === undefined ? "" : (Resp.text(first) ?? "")
    if (MESSAGES.has(word)) return true
    if (!CONFIRMATION.test(word)) return false
    if (oldest?.kind === "subscription" && oldest.word === word) this.expected.settleOne()
    const topics = total?._tag === "Integer" ? Number(total.value) : 0
    // Counted apart from channels and patterns.
    if (word.startsWith("ss") || word.startsWith("sun")) this.shardTopics = topics
    else this.topics = topics
    return true
  }

  private refused(value: RespValue, whole: Buffer, oldest: ExpectedReply | undefined): void {
    if (oldest !== undefined) this.events.onReply(oldest, true)
    // Of several topics none is confirmed.
    if (oldest?.kind === "subscription") this.expected.settleOldest()
    else this.expected.settleOne()
    if (oldest?.kind === "exec") this.queued = undefined
    // The requests are not looked at any more.
    if (oldest?.kind === "stream") this.isRaw = true
    const error = Resp.text(value) ?? ""
    const kind = error.startsWith("MOVED ") ? "MOVED" : error.startsWith("ASK ") ? "ASK" : undefined
    if (kind === undefined) return this.pass(whole)
    this.events.onRedirection(kind)
    this.rewrite(whole, (replace) => Resp.simpleError(replaceRedirection(error, replace)))
  }

  private answered(type: number, value: RespValue, whole: Buffer, oldest: ExpectedReply | undefined): void {
    const kind = oldest?.kind ?? "other"
    if (oldest !== undefined) this.events.onReply(oldest, false)
    if (kind === "subscription") this.expected.settleOldest()
    else this.expected.settleOne()
    if (this.queued !== undefined && Resp.equals(value, Resp.queued)) {
      this.queued.push(kind)
      return this.pass(whole)
    }
    const queued = this.queued
    switch (kind) {
      case "multi":
        this.queued = []
        return this.pass(whole)
      case "reset":
        this.topics = this.shardTopics = 0
        this.protocol = 2
        this.queued = undefined
        return this.pass(whole)
      case "discard":
        this.queued = undefined
        return this.pass(whole)
      case "hello":
        this.protocol = type === MAP ? 3 : 2
        return this.pass(whole)
      case "stream":
        this.isRaw = true
        return this.pass(whole)
      case "exec":
        this.queued = undefined
        return this.rewrite(whole, (replace, ports) =>
          value._tag === "Array"
            ? Resp.array(
                value.value.map((each, index) => changed(queued?.[index] ?? "other", each, replace, ports))
              )
            : value
        )
      case "other":
      case "subscription":
        return this.pass(whole)
      default:
        return this.rewrite(whole, (replace, ports) => changed(kind, value, replace, ports))
    }
  }

  private rewrite(whole: Buffer, change: (replace: Replace, ports: PortNames) => RespValue): void {
    const { viewpoint } = this
    if (viewpoint === undefined) return this.pass(whole)
    const unknown: Array<Place> = []
    const rewritten = change((node) => {
      const place = viewpoint.replace(node)
      if (place === undefined) unknown.push(node)
      return place
    }, viewpoint)
    if (unknown.length === 0) return this.pass(encoded(rewritten, whole))
    this.waiting = []
    viewpoint.learn(unknown, () => {
      this.pass(encoded(change(viewpoint.replace, viewpoint), whole))
      this.release()
    })
  }

  private release(): void {
    const waiting = this.waiting ?? []
    this.waiting = undefined
    for (const chunk of waiting) this.push(chunk)
    if (!this.isHolding) this.events.onReleased()
  }

  private pass(bytes: Buffer): void {
    if (this.carry.length > 0) this.events.give(this.carry.take(this.carry.length))
    if (bytes.length > 0) this.events.give(bytes)
  }
}

const CONFIRMATION = /^(p|s)?(un)?subscribe$/
const MESSAGES: ReadonlySet<string> = new Set(["message", "pmessage", "smessage"])

const changed = (kind: ReplyKind, value: RespValue, replace: Replace, ports: PortNames): RespValue => {
  switch (kind) {
    case "slots":
      return replaceSlots(value, replace)
    case "shards":
      return replaceShards(value, replace, ports)
    case "nodes":
      return replaceNodes(value, replace)
    case "replicas":
      return replaceReplicas(value, replace)
    default:
      return value
  }
}

const encoded = (value: RespValue, whole: Buffer): Buffer => {
  const encoder = new RespEncoder()
  encoder.value(value)
  return encoder.take() ?? whole
}
