/** What `cli` is asked to do, decided from its options. */

import type { ReplyFormat } from "./reply/ReplyFormat.ts"

export type InspectionName =
  | "scan"
  | "bigkeys"
  | "memkeys"
  | "hotkeys"
  | "stat"
  | "latency"
  | "latency-history"
  | "cluster-check"
  | "cluster-info"

/** Bytes where `--quoted-input` has given some that are no text. */
type Words = ReadonlyArray<string | Uint8Array>

export type CliMode =
  | { readonly _tag: "Command"; readonly words: Words }
  | { readonly _tag: "Script"; readonly file: string; readonly words: Words }
  | { readonly _tag: "Inspection"; readonly name: InspectionName }
  | { readonly _tag: "Pipe" }
  /** On a terminal; commands line by line elsewhere. */
  | { readonly _tag: "Prompt" }

/** Which keys a walk of the servers looks at. */
export interface KeySelection {
  readonly pattern: string | Uint8Array | undefined
  readonly type: string | undefined
  /** Keys per page; `undefined`: as suits what is done with them. */
  readonly count: number | undefined
}

export interface CliSettings {
  /** How replies are written. */
  readonly format: ReplyFormat
  readonly protocol: 2 | 3
  readonly mode: CliMode
  /** Which argument is read from standard input. */
  readonly fromStdin: "last" | { readonly tag: string } | undefined
  /** May be `Infinity`; `undefined` when it was not given. */
  readonly repeat: number | undefined
  readonly intervalMs: number | undefined
  readonly keys: KeySelection
  /** Rows of a ranking. */
  readonly top: number
  /** Elements of a collection that MEMORY USAGE weighs; `undefined`: as the server likes. */
  readonly memorySamples: number | undefined
}
