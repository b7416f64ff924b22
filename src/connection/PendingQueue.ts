/**
 * The replies that a connection still owes, oldest first: a ring that doubles
 * when it is full, with no allocation per command.
 *
 * Each entry is a callback with a number of the caller's own, so that a batch
 * shares one callback and tells its replies apart by index; the command's name,
 * for error messages; and the sweep at which it was queued, for deadlines.
 */
import type { RespValue } from "../protocol/Resp.ts"
import type { PipelineFailure } from "./PipelineFailure.ts"

/** Receives the reply or the failure of one command, exactly once. Must not throw. */
export type Settle = (outcome: RespValue | PipelineFailure, index: number) => void

const INITIAL_CAPACITY = 16

export class PendingQueue {
  private settles: Array<Settle | undefined> = new Array(INITIAL_CAPACITY).fill(undefined)
  private names: Array<string> = new Array(INITIAL_CAPACITY).fill("")
  private indexes = new Uint32Array(INITIAL_CAPACITY)
  private sweeps = new Uint32Array(INITIAL_CAPACITY)
  private head = 0
  length = 0

  push(settle: Settle, index: number, name: string, sweep: number): void {
    if (this.length === this.settles.length) this.resize(this.length * 2)
    const slot = (this.head + this.length) & (this.settles.length - 1)
    this.settles[slot] = settle
    this.names[slot] = name
    this.indexes[slot] = index
    this.sweeps[slot] = sweep
    this.length++
  }

  /** Settles the oldest entry; false when there is none. */
  settleOldest(outcome: RespValue | PipelineFailure): boolean {
    if (this.length === 0) return false
    const slot = this.head
    const settle = this.settles[slot]!
    const index = this.indexes[slot]
    this.settles[slot] = undefined
    this.head = (slot + 1) & (this.settles.length - 1)
    this.length--
    settle(outcome, index)
    return true
  }

  /** The sweep at which the oldest entry was queued. */
  get oldestSweep(): number {
    return this.sweeps[this.head]
  }

  get oldestName(): string {
    return this.names[this.head]
  }

  /** Gives back what a burst has grown. */
  shrink(): void {
    if (this.length === 0 && this.settles.length > INITIAL_CAPACITY) this.resize(INITIAL_CAPACITY)
  }

  private resize(capacity: number): void {
    const settles = new Array<Settle | undefined>(capacity).fill(undefined)
    const names = new Array<string>(capacity).fill("")
    const indexes = new Uint32Array(capacity)
    const sweeps = new Uint32Array(capacity)
    for (let count = 0; count < this.length; count++) {
      const slot = (this.head + count) & (this.settles.length - 1)
      settles[count] = this.settles[slot]
      names[count] = this.names[slot]
      indexes[count] = this.indexes[slot]
      sweeps[count] = this.sweeps[slot]
    }
    this.settles = settles
    this.names = names
    this.indexes = indexes
    this.sweeps = sweeps
    this.head = 0
  }
}
