/** The parts of all workers put together: the whole run, and each interval of it. */
import type { ErrorPart, NodePart, OperationPart } from "./LoadTally.ts"
import { LatencyHistogram } from "./LatencyHistogram.ts"
import { mergeOutages, type Outage } from "./ShardWatch.ts"
import type { RunPart } from "./WorkerMessage.ts"

export class OperationAccount {
  readonly name: string
  operations = 0
  errors = 0
  hits = 0
  misses = 0
  readonly service: LatencyHistogram = new LatencyHistogram()
  /** In a closed loop the same as `service`. */
  readonly response: LatencyHistogram

  constructor(name: string, isOpen: boolean) {
    this.name = name
    this.response = isOpen ? new LatencyHistogram() : this.service
  }

  add(part: OperationPart): void {
    this.operations += part.operations
    this.errors += part.errors
    this.hits += part.hits
    this.misses += part.misses
    this.service.add(part.service)
    if (this.response !== this.service) this.response.add(part.response)
  }
}

export interface NodeAccount {
  readonly address: string
  operations: number
  errors: number
  /** Empty until the end. */
  response: LatencyHistogram
}

/** Of nodes whose latencies are not known yet: a histogram takes 98 KB. */
const NOTHING = new LatencyHistogram()

/** What was counted between two times, milliseconds from when counting began. */
export class Account {
  readonly operations: ReadonlyArray<OperationAccount>
  readonly nodes: Map<string, NodeAccount> = new Map()
  readonly errors: Map<string, ErrorPart> = new Map()
  from = Infinity
  to = 0
  private readonly isOpen: boolean

  constructor(names: ReadonlyArray<string>, isOpen: boolean) {
    this.isOpen = isOpen
    this.operations = names.map((name) => new OperationAccount(name, isOpen))
  }

  add({ from, tally, to }: RunPart): void {
    this.from = Math.min(this.from, from)
    this.to = Math.max(this.to, to)
    tally.operations.forEach((part, index) => this.operations[index].add(part))
    for (const node of tally.nodes) this.addNode(node)
    for (const error of tally.errors) {
      const known = this.errors.get(error.kind)
      this.errors.set(
        error.kind,
        known === undefined ? error : { ...known, count: known.count + error.count }
      )
    }
  }

  get seconds(): number {
    return Math.max(0, this.to - Math.min(this.from, this.to)) / 1000
  }

  /** Commands that came to a reply; errors are not among them. */
  get count(): number {
    return this.operations.reduce((sum, { operations }) => sum + operations, 0)
  }

  get errorCount(): number {
    return this.operations.reduce((sum, { errors }) => sum + errors, 0)
  }

  get perSecond(): number {
    return this.seconds > 0 ? this.count / this.seconds : 0
  }

  /** Of the reads, the part that found its key; `undefined` without reads. */
  get hitRate(): number | undefined {
    const hits = this.operations.reduce((sum, operation) => sum + operation.hits, 0)
    const misses = this.operations.reduce((sum, operation) => sum + operation.misses, 0)
    return hits + misses === 0 ? undefined : hits / (hits + misses)
  }

  /** Of all operations together. */
  get response(): LatencyHistogram {
    return merged(this.operations.map(({ response }) => response))
  }

  get service(): LatencyHistogram {
    return this.isOpen ? merged(this.operations.map(({ service }) => service)) : this.response
  }

  private addNode({ address, errors, operations, response }: NodePart): void {
    const known = this.nodes.get(address)
    const node = known ?? { address, operations: 0, errors: 0, response: NOTHING }
    node.operations += operations
    node.errors += errors
    if (response !== undefined && response.length > 0) {
      if (node.response === NOTHING) node.response = new LatencyHistogram()
      node.response.add(response)
    }
    if (known === undefined) this.nodes.set(address, node)
  }
}

const merged = (histograms: ReadonlyArray<LatencyHistogram>): LatencyHistogram => {
  if (histograms.length === 1) return histograms[0]
  const all = new LatencyHistogram()
  for (const { histogram } of histograms) all.histogram.add(histogram)
  return all
}

/** Collects what the workers say. */
export class RunAccount {
  readonly total: Account
  private readonly makeAccount: () => Account
  private readonly workers: number
  private readonly onInterval: (interval: Account) => void
  private readonly latest = new Map<number, RunPart>()
  private readonly open = new Map<number, { readonly account: Account; parts: number }>()
  readonly lateness: LatencyHistogram = new LatencyHistogram()

  /** @param onInterval called with each interval, in order, once every worker has told its part of it */
  constructor(
    names: ReadonlyArray<string>,
    isOpen: boolean,
    workers: number,
    onInterval: (interval: Account) => void
  ) {
    this.makeAccount = () => new Account(names, isOpen)
    this.total = this.makeAccount()
    this.workers = workers
    this.onInterval = onInterval
  }

  add(worker: number, part: RunPart): void {
    this.total.add(part)
    this.lateness.add(part.client.lateness)
    this.latest.set(worker, part)
    const interval = this.open.get(part.position) ?? { account: this.makeAccount(), parts: 0 }
    this.open.set(part.position, interval)
    interval.account.add(part)
    interval.parts++
    this.closeIntervals()
  }

  /** The latest part of each worker. */
  get parts(): ReadonlyArray<RunPart> {
    return Array.from(this.latest.values())
  }

  get unsent(): number {
    return this.parts.reduce((sum, { unsent }) => sum + unsent, 0)
  }

  /** Those that were over before counting began are left out. */
  get outages(): ReadonlyArray<Outage> {
    const merged = mergeOutages(this.parts.flatMap(({ outages }) => outages))
    return merged.filter(({ recovered }) => recovered === undefined || recovered > 0)
  }

  /** A worker that has ended has no part in later intervals. */
  private closeIntervals(): void {
    for (const [position, { account, parts }] of this.open) {
      const ended = this.parts.filter((part) => part.isLast && part.position < position).length
      if (parts + ended < this.workers) return
      this.open.delete(position)
      this.onInterval(account)
    }
  }
}
