/**
 * What goes between clients and servers through ports that forward bytes as
 * they are, counted for the operator. Kernel.
 */
import { Latencies, latencyReadings } from "../smart/request/Latencies.ts"
import { CommandIndex } from "../smart/request/CommandIndex.ts"
import { commandReadings, type CommandReadings, type NodeReadings } from "../smart/ProxyReadings.ts"
import type { ExpectedReply, MeasuredCommand } from "./ExpectedReplies.ts"

/** One command in so many is timed, as in smart mode. */
const TIMED_SHARE = 64
const MICROSECONDS_PER_MILLISECOND = 1000

export class TrafficMeter {
  readonly startedAt = new Date()
  moved = 0
  asked = 0
  bytesReceived = 0
  bytesSent = 0
  private readonly index = new CommandIndex(() => false)
  private readonly nodes = new Map<string, NodeTraffic>()
  private turn = 0

  /** Counts a command, by its name, and times some. */
  begin(bytes: Buffer, start: number, end: number): MeasuredCommand | undefined {
    const entry = this.index.find(bytes, start, end)
    if (entry === undefined) return undefined
    entry.calls++
    const isTimed = ++this.turn % TIMED_SHARE === 1
    return { entry, since: isTimed ? performance.now() : 0 }
  }

  end({ measured }: ExpectedReply, isError: boolean, node: Latencies): void {
    if (measured === undefined) return
    const { entry, since } = measured
    if (isError) entry.errors++
    if (since === 0) return
    const microseconds = (performance.now() - since) * MICROSECONDS_PER_MILLISECOND
    entry.onLatency(microseconds)
    node.onLatency(microseconds)
  }

  node(address: string): NodeTraffic {
    const known = this.nodes.get(address)
    if (known !== undefined) return known
    const traffic = new NodeTraffic(this)
    this.nodes.set(address, traffic)
    return traffic
  }

  get commandReadings(): ReadonlyArray<CommandReadings> {
    return commandReadings(this.index)
  }

  /** Of the nodes that are there at present. */
  nodeReadings(present: ReadonlyArray<string>): ReadonlyArray<Omit<NodeReadings, "role" | "pending">> {
    return present.map((node) => {
      const traffic = this.node(node)
      return {
        node,
        commands: traffic.commands,
        sharedConnections: 0,
        privateConnections: traffic.connections,
        ...latencyReadings([traffic])
      }
    })
  }
}

/** The part of one server. */
export class NodeTraffic extends Latencies {
  commands = 0
  connections = 0
  private readonly meter: TrafficMeter

  constructor(meter: TrafficMeter) {
    super()
    this.meter = meter
  }

  joined(): void {
    this.connections++
  }

  left(): void {
    this.connections--
  }

  begin(bytes: Buffer, start: number, end: number): MeasuredCommand | undefined {
    this.commands++
    return this.meter.begin(bytes, start, end)
  }

  end(reply: ExpectedReply, isError: boolean): void {
    this.meter.end(reply, isError, this)
  }

  redirected(kind: "MOVED" | "ASK"): void {
    if (kind === "MOVED") this.meter.moved++
    else this.meter.asked++
  }

  received(bytes: number): void {
    this.meter.bytesReceived += bytes
  }

  sent(bytes: number): void {
    this.meter.bytesSent += bytes
  }
}
