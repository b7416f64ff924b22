/** What the comparison asks of the process of a side, and what it answers. */
import type { Operation } from "./Load.ts"
import type { Seed } from "./Side.ts"

export type SideRequest =
  | { readonly kind: "connect"; readonly side: string; readonly seed: Seed }
  | {
      readonly kind: "run"
      readonly operation: Operation
      readonly callers: number
      /** Milliseconds of the process's own time, as the next. */
      readonly warmUpMs: number
      readonly measureMs: number
    }
  /** Connects so many clients more, uses each on every master, and leaves them idle. */
  | { readonly kind: "idle-heap"; readonly clients: number }
  /** Lets the commands of a queued-heap end, and the client come to rest. */
  | { readonly kind: "rest" }
  /** The servers have been told to hold writes back, until after the answer. */
  | { readonly kind: "queued-heap"; readonly commands: number }

/** While the callers ran. */
export interface RunResult {
  readonly commands: number
  /** User and system time of the whole process: garbage collection is in it, the servers are not. */
  readonly cpuMicros: number
  readonly wallMicros: number
}

/** Bytes per client, or per 1000 commands. */
export interface HeapResult {
  readonly bytes: number
}

export type SideAnswer =
  | { readonly kind: "done" }
  | ({ readonly kind: "run" } & RunResult)
  | ({ readonly kind: "heap" } & HeapResult)
  | { readonly kind: "failed"; readonly message: string }
