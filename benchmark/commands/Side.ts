/** One client in one way of using it, connected to every master. */
import type { Load, Operation } from "./Load.ts"

export interface Seed {
  readonly host: string
  readonly port: number
}

export interface Side {
  /**
   * Keeps that many commands under way until the load is over: by as many
   * callers, or, for a side that sends batches, by one caller in batches of that size.
   */
  run(operation: Operation, callers: number, load: Load): Promise<void>
}

export interface SideSpec {
  readonly name: string
  /** Takes several commands per call, so that one command at a time says nothing about it. */
  readonly isBatch: boolean
  readonly connect: (seed: Seed) => Promise<Side>
}
