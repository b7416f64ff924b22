/** What has become of the keys of a run so far: plain counts, written by the streams as replies come in. */
import { SLOT_COUNT } from "../../protocol/HashSlot.ts"
import { slotOfIndex } from "../../dataset/KeyFormat.ts"

/** Errors of one kind. */
export interface ErrorCount {
  /** Keys that were not written because of it. */
  count: number
  /** The first of them. */
  readonly example: string
  /** Where it happened. */
  readonly node: string
}

export class FillTally {
  /** Keys acknowledged; with replies off, keys sent. */
  keys = 0
  /** Keys whose write was answered with MOVED, and with ASK. */
  moved = 0
  asked = 0
  /** Keys sent again, for whatever reason. */
  resent = 0
  /** By the first word of the reply, or the tag of the error. */
  readonly errors: Map<string, ErrorCount> = new Map()
  /** Milliseconds; `undefined` before the first write, and the end before the last. */
  startedAt: number | undefined
  endedAt: number | undefined
  /** `keys` by the node that took them, to be watched while it runs. */
  readonly keysOfNode: Map<string, number> = new Map()
  /** Of a cluster: `keys` by slot. */
  readonly keysOfSlot: Float64Array = new Float64Array(SLOT_COUNT)
  private readonly isBySlot: boolean

  /** @param isBySlot the keys of a group share a slot */
  constructor(isBySlot: boolean) {
    this.isBySlot = isBySlot
  }

  /** So many keys, from index `first` on, are written at that node. */
  add(first: number, keys: number, node: string): void {
    this.keys += keys
    this.keysOfNode.set(node, (this.keysOfNode.get(node) ?? 0) + keys)
    if (this.isBySlot) this.keysOfSlot[slotOfIndex(first)] += keys
  }

  /** So many keys are not written, and will not be sent again. */
  addError(kind: string, keys: number, example: string, node: string): void {
    const known = this.errors.get(kind)
    if (known === undefined) this.errors.set(kind, { count: keys, example, node })
    else known.count += keys
  }

  /** Keys that were refused for good. */
  get refused(): number {
    let keys = 0
    for (const { count } of this.errors.values()) keys += count
    return keys
  }

  start(): void {
    this.startedAt = performance.now()
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
