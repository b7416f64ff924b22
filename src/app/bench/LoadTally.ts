/** What one worker counts, on the path of every command: handed out in parts that add up. */
import type { ClientError } from "../../client/ClusterError.ts"
import { nodeOf } from "../transfer/ErrorNode.ts"
import type { ClusterTopology } from "../../protocol/ClusterTopology.ts"
import { NO_OWNER } from "../../protocol/ClusterTopology.ts"
import { isNull, type RespValue } from "../../protocol/Resp.ts"
import { LatencyHistogram, type SparseCounts } from "./LatencyHistogram.ts"
import { ShardWatch, type Outage } from "./ShardWatch.ts"
import type { Operation } from "./Workload.ts"

/** Of one operation or one node. */
export interface LatencyCounts {
  readonly service: SparseCounts
  readonly response: SparseCounts
}

export interface OperationPart extends LatencyCounts {
  readonly operations: number
  readonly errors: number
  readonly hits: number
  readonly misses: number
}

export interface ErrorPart {
  readonly kind: string
  readonly count: number
  /** The first of them, in words. */
  readonly example: string
  readonly node: string
}

export interface NodePart {
  readonly address: string
  readonly operations: number
  readonly errors: number
  /** Response times; only in the last part. */
  readonly response: SparseCounts | undefined
}

/** What has been counted since the last part was taken. */
export interface TallyPart {
  /** By operation, in the order of the mix. */
  readonly operations: ReadonlyArray<OperationPart>
  readonly nodes: ReadonlyArray<NodePart>
  readonly errors: ReadonlyArray<ErrorPart>
}

/** Errors that say that a shard could not be reached, and not that it refused a command. */
const UNREACHABLE: ReadonlySet<string> = new Set([
  "ConnectionError",
  "ClusterDownError",
  "TopologyError",
  "MaxRetriesExceeded"
])

class OperationTally {
  operations = 0
  errors = 0
  hits = 0
  misses = 0
  readonly service = new LatencyHistogram()
  readonly response = new LatencyHistogram()

  take(): OperationPart {
    const { errors, hits, misses, operations } = this
    this.operations = this.errors = this.hits = this.misses = 0
    return {
      operations,
      errors,
      hits,
      misses,
      service: this.service.take(),
      response: this.response.take()
    }
  }
}

class NodeTally {
  readonly address: string
  operations = 0
  errors = 0
  /** Made for the first answer: a cluster has replicas and more, which never give one. */
  private response: LatencyHistogram | undefined

  constructor(address: string) {
    this.address = address
  }

  count(response: number): void {
    this.operations++
    this.response ??= new LatencyHistogram()
    this.response.record(response)
  }

  take(isLast: boolean): NodePart {
    const { address, errors, operations } = this
    this.operations = this.errors = 0
    return { address, operations, errors, response: isLast ? this.response?.take() : undefined }
  }
}

export class LoadTally {
  private readonly reads: ReadonlyArray<boolean>
  private readonly operations: ReadonlyArray<OperationTally>
  /** Open loop: response and service time are not the same. */
  private readonly isOpen: boolean
  private readonly nodes = new Map<string, NodeTally>()
  private nodeOfSlot: ReadonlyArray<NodeTally | undefined> = []
  private readonly shardOfSlot: Int32Array
  private readonly shards: ShardWatch
  private errors = new Map<string, { count: number; readonly example: string; readonly node: string }>()

  /** @param topology as the run begins: its masters are the shards */
  constructor(operations: ReadonlyArray<Operation>, isOpen: boolean, topology: ClusterTopology) {
    this.reads = operations.map(({ isRead }) => isRead)
    this.operations = operations.map(() => new OperationTally())
    this.isOpen = isOpen
    this.shardOfSlot = Int32Array.from(topology.slots, (owner) => (owner === NO_OWNER ? -1 : owner))
    this.shards = new ShardWatch(topology.nodes.map(({ address }) => address))
    this.follow(topology)
  }

  /** Commands count for the node that serves their slot when they are answered. */
  follow({ nodes, slots }: ClusterTopology): void {
    const tallies = nodes.map(({ address }) => {
      const known = this.nodes.get(address) ?? new NodeTally(address)
      this.nodes.set(address, known)
      return known
    })
    this.nodeOfSlot = Array.from(slots, (owner) => tallies[owner])
  }

  onSent(slot: number, now: number): void {
    const shard = slot < 0 ? -1 : this.shardOfSlot[slot]
    if (shard >= 0) this.shards.onSent(shard, now)
  }

  /** Keeps account of the shard alone: of a command that belongs to the warm-up. */
  onSettled(slot: number, outcome: RespValue | ClientError, now: number): void {
    const shard = slot < 0 ? -1 : this.shardOfSlot[slot]
    if (shard < 0) return
    if (outcome instanceof Error && UNREACHABLE.has(outcome._tag)) this.shards.onFailure(shard, now)
    else this.shards.onAnswer(shard, now)
  }

  /** Milliseconds: `service` since the command was sent, `response` since it was due. */
  count(operation: number, slot: number, service: number, response: number, reply: RespValue): void {
    const tally = this.operations[operation]
    tally.operations++
    if (this.reads[operation]) {
      if (isNull(reply)) tally.misses++
      else tally.hits++
    }
    tally.service.record(service)
    if (this.isOpen) tally.response.record(response)
    const node = slot < 0 ? undefined : this.nodeOfSlot[slot]
    node?.count(response)
  }

  countError(operation: number, slot: number, error: ClientError): void {
    this.operations[operation].errors++
    const node = slot < 0 ? undefined : this.nodeOfSlot[slot]
    if (node !== undefined) node.errors++
    const kind = "kind" in error ? error.kind : error._tag
    const known = this.errors.get(kind)
    if (known === undefined) this.errors.set(kind, { count: 1, example: error.message, node: nodeOf(error) })
    else known.count++
  }

  /** @param isLast with the response times of the nodes */
  take(isLast: boolean): TallyPart {
    const errors = Array.from(this.errors, ([kind, error]) => ({ kind, ...error }))
    this.errors = new Map()
    return {
      operations: this.operations.map((operation) => operation.take()),
      nodes: Array.from(this.nodes.values(), (node) => node.take(isLast)),
      errors
    }
  }

  outages(now: number): ReadonlyArray<Outage> {
    return this.shards.outages(now)
  }
}
