/**
 * Looks on as a client's bytes go to the server, and notes which replies they
 * ask for. Kernel.
 *
 * Follows CLIENT REPLY OFF, ON and SKIP, after which commands have no reply.
 * What cannot be followed (a violation of the protocol, a replica's PSYNC) ends
 * the watch: the server closes the connection, or it becomes a stream.
 */
import { COMMAND, MALFORMED, RequestScanner } from "../smart/request/RequestScanner.ts"
import type { ExpectedReplies, MeasuredCommand, ReplyKind } from "./ExpectedReplies.ts"
import type { NodeTraffic } from "./TrafficMeter.ts"

/** Name, subcommand and the subcommand's word: all that decides. */
const KEPT_ARGUMENTS = 3

const CLUSTER_KINDS: ReadonlyMap<string, ReplyKind> = new Map([
  ["slots", "slots"],
  ["shards", "shards"],
  ["nodes", "nodes"],
  ["slaves", "replicas"],
  ["replicas", "replicas"]
])

const KINDS: ReadonlyMap<string, ReplyKind> = new Map([
  ["cluster", "other"],
  ["client", "other"],
  ["multi", "multi"],
  ["exec", "exec"],
  ["discard", "discard"],
  ["hello", "hello"],
  ["reset", "reset"],
  ["subscribe", "subscription"],
  ["psubscribe", "subscription"],
  ["ssubscribe", "subscription"],
  ["unsubscribe", "subscription"],
  ["punsubscribe", "subscription"],
  ["sunsubscribe", "subscription"],
  ["monitor", "stream"],
  ["sync", "stream"],
  ["psync", "stream"]
])

const LETTER = 0x1f
const LENGTH_SHIFT = 5
const LONGEST_NAME = 12

/** By length and first letter: which names are worth a look. Most commands are told by this alone. */
const SUSPECTS = new Uint8Array((LONGEST_NAME + 1) << LENGTH_SHIFT)
for (const name of KINDS.keys()) SUSPECTS[(name.length << LENGTH_SHIFT) | (name.charCodeAt(0) & LETTER)] = 1

export class RequestWatch {
  private readonly expected: ExpectedReplies
  private readonly traffic: NodeTraffic | undefined
  private readonly scanner = new RequestScanner(KEPT_ARGUMENTS)
  private isLost = false
  /** CLIENT REPLY OFF. */
  private isSilent = false
  /** CLIENT REPLY SKIP was the last command. */
  private isSkipping = false

  constructor(expected: ExpectedReplies, traffic: NodeTraffic | undefined) {
    this.expected = expected
    this.traffic = traffic
  }

  push(chunk: Buffer): void {
    if (this.isLost) return
    const { scanner } = this
    scanner.append(chunk)
    let found = scanner.next()
    for (; found === COMMAND && !this.isLost; found = scanner.next()) this.note()
    if (found === MALFORMED) this.isLost = true
  }

  private note(): void {
    const { bytes, ends, starts } = this.scanner
    const start = starts[0]
    const length = ends[0] - start
    const measured = this.traffic?.begin(bytes, start, ends[0])
    if (
      length > LONGEST_NAME ||
      SUSPECTS[(length << LENGTH_SHIFT) | (bytes[start] & LETTER)] === 0 ||
      length === 0
    ) {
      return this.expect("other", measured)
    }
    const name = this.word(0)
    const kind = KINDS.get(name) ?? "other"
    if (name === "cluster") this.expect(CLUSTER_KINDS.get(this.word(1)) ?? "other", measured)
    else if (name === "client") this.noteClient(measured)
    else if (kind === "subscription") this.noteSubscription(name, measured)
    else this.expect(kind, measured)
    if (kind === "stream") this.isLost = true
  }

  private noteClient(measured: MeasuredCommand | undefined): void {
    const mode = this.scanner.argc === 3 && this.word(1) === "reply" ? this.word(2) : ""
    if (mode === "off") this.isSilent = true
    else if (mode === "skip") {
      if (!this.isSilent) this.isSkipping = true
    } else if (mode === "on") {
      this.isSilent = this.isSkipping = false
      this.expected.push("other", measured)
    } else this.expect("other", measured)
  }

  /**
   * One confirmation per topic comes, whatever CLIENT REPLY says. Without a topic they are as many as there are
   * subscriptions: one is awaited, and the others are told by there being some.
   */
  private noteSubscription(name: string, measured: MeasuredCommand | undefined): void {
    this.expected.push("subscription", measured, name, Math.max(1, this.scanner.argc - 1))
  }

  private expect(kind: ReplyKind, measured: MeasuredCommand | undefined): void {
    if (this.isSilent) return
    if (this.isSkipping) this.isSkipping = false
    else this.expected.push(kind, measured)
  }

  private word(index: number): string {
    const { argc, bytes, ends, starts } = this.scanner
    // No word of interest is longer.
    if (index >= argc || ends[index] - starts[index] > LONGEST_NAME) return ""
    return bytes.toString("latin1", starts[index], ends[index]).toLowerCase()
  }
}
