/** What a stream is told, and how it ends. */
import type { Duplex } from "node:stream"
import type { GroupReplies } from "../../dataset/FillReplies.ts"
import type { StreamSizes } from "../../dataset/FillPlan.ts"
import type { GroupFormat } from "../../dataset/GroupFormat.ts"
import type { PendingGroups } from "../../dataset/PendingGroups.ts"
import type { Brake } from "./Brake.ts"

export type StreamEnd =
  /** Everything assigned is sent and answered. */
  | { readonly _tag: "Drained" }
  /** As `stop` asked for: everything sent is answered. */
  | { readonly _tag: "Stopped" }
  /** The connection cannot be used any more. */
  | { readonly _tag: "Lost"; readonly detail: string }

export interface GroupStreamOptions {
  /** Connected and authenticated; the stream never closes it. */
  readonly socket: Duplex
  readonly format: GroupFormat
  readonly stride: number
  readonly sizes: StreamSizes
  /** Off: nothing is answered but the end, which tells that the server has executed all of it. */
  readonly replies: "on" | "off"
  /** Milliseconds without a sign of life, when one is due, that end the stream. */
  readonly silenceTimeout: number
  readonly makeReplies: (pending: PendingGroups) => GroupReplies
  /** Asked before every group; `undefined` when nothing holds the stream back. */
  readonly brake?: Brake | undefined
  /** A group is on its way: for the last time, if no connection is lost. */
  readonly onSent: (first: number, keys: number) => void
  readonly onEnd: (end: StreamEnd) => void
}
