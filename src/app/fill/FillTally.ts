/** What has become of the keys of a run so far: plain counts, written by the streams as replies come in. */
import { SLOT_COUNT } from "../../protocol/HashSlot.ts"
import type { IndexRuns } from "../../dataset/IndexRuns.ts"
import { residueOfSlot, slotOfIndex } from "../../dataset/KeyFormat.ts"
import { type ErrorCount, RefusalTally } from "../transfer/RefusalTally.ts"

/** The counts at one moment, as plain data: what a worker process tells of its part. */
export interface TallyCounts {
  readonly keys: number
  readonly moved: number
  readonly asked: number
  readonly resent: number
  readonly resumed: number
  readonly errors: ReadonlyArray<readonly [kind: string, error: ErrorCount]>
  readonly keysOfNode: ReadonlyArray<readonly [node: string, keys: number]>
  readonly executed: ReadonlyArray<readonly [node: string, commands: number]>
  readonly keysOfSlot: Float64Array
}

export const NOTHING_COUNTED: TallyCounts = {
  keys: 0,
  moved: 0,
  asked: 0,
  resent: 0,
  resumed: 0,
  errors: [],
  keysOfNode: [],
  executed: [],
  keysOfSlot: new Float64Array(0)
}

export class FillTally extends RefusalTally {
  /** Keys acknowledged; with replies off, keys sent. */
  keys = 0
  /** Keys whose write was answered with MOVED, and with ASK. */
  moved = 0
  asked = 0
  /** Keys sent again, for whatever reason. */
  resent = 0
  /** Of `keys`, those that earlier runs had acknowledged. */
  resumed = 0
  /** Milliseconds; `undefined` before the first write, and the end before the last. */
  startedAt: number | undefined
  endedAt: number | undefined
  /** `keys` by the node that took them, to be watched while it runs. */
  readonly keysOfNode: Map<string, number> = new Map()
  /** Commands by the node that has executed or answered them. */
  readonly executed: Map<string, number> = new Map()
  /** Of a cluster: `keys` by slot. */
  readonly keysOfSlot: Float64Array = new Float64Array(SLOT_COUNT)
  private readonly isBySlot: boolean

  /** @param isBySlot the keys of a group share a slot */
  constructor(isBySlot: boolean) {
    super()
    this.isBySlot = isBySlot
  }

  /** So many keys, from index `first` on, are written at that node. */
  add(first: number, keys: number, node: string): void {
    this.keys += keys
    this.keysOfNode.set(node, (this.keysOfNode.get(node) ?? 0) + keys)
    if (this.isBySlot) this.keysOfSlot[slotOfIndex(first)] += keys
  }

  /** Counts the keys that earlier runs have had acknowledged. */
  resume(done: IndexRuns): void {
    this.keys += done.size
    this.resumed += done.size
    if (!this.isBySlot) return
    for (let slot = 0; slot < SLOT_COUNT; slot++) this.keysOfSlot[slot] += done.sizeOf(residueOfSlot(slot))
  }

  /** A node has executed, or answered, so many commands that it was sent by streams. */
  addExecuted(node: string, commands: number): void {
    this.executed.set(node, (this.executed.get(node) ?? 0) + commands)
  }

  counts(): TallyCounts {
    return {
      keys: this.keys,
      moved: this.moved,
      asked: this.asked,
      resent: this.resent,
      resumed: this.resumed,
      errors: Array.from(this.errors),
      keysOfNode: Array.from(this.keysOfNode),
      executed: Array.from(this.executed),
      keysOfSlot: this.keysOfSlot
    }
  }

  /** Adds the counts of a part, or takes them away again (`sign` -1). */
  addCounts(counts: TallyCounts, sign: 1 | -1): void {
    this.keys += sign * counts.keys
    this.moved += sign * counts.moved
    this.asked += sign * counts.asked
    this.resent += sign * counts.resent
    this.resumed += sign * counts.resumed
    for (const [kind, { count, example, node }] of counts.errors)
      this.addError(kind, sign * count, example, node)
    for (const [kind, { count }] of this.errors) if (count === 0) this.errors.delete(kind)
    for (const [node, keys] of counts.keysOfNode)
      this.keysOfNode.set(node, (this.keysOfNode.get(node) ?? 0) + sign * keys)
    for (const [node, commands] of counts.executed) this.addExecuted(node, sign * commands)
    if (this.isBySlot) counts.keysOfSlot.forEach((keys, slot) => (this.keysOfSlot[slot] += sign * keys))
  }

  start(): void {
    this.startedAt = performance.now()
  }

  /** Begins the time anew if nothing has been written yet. */
  restart(): void {
    if (this.keys === 0 && this.resent === 0) this.start()
  }

  end(): void {
    this.endedAt ??= performance.now()
  }

  /** Time spent writing, until now if it has not ended. */
  get seconds(): number {
    if (this.startedAt === undefined) return 0
    return ((this.endedAt ?? performance.now()) - this.startedAt) / 1000
  }
}
