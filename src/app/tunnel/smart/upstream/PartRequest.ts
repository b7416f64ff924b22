/** A command of the proxy's own making, or part of a client's, whose whole reply is wanted. */
import type { PipelineFailure } from "../../../../connection/PipelineFailure.ts"
import type { CommandEntry } from "../request/CommandEntry.ts"
import { type RequestRecovery, RoutedRequest } from "./RoutedRequest.ts"
import type { UpstreamSet } from "./UpstreamSet.ts"

export class PartRequest extends RoutedRequest {
  private readonly onWhole: (reply: Buffer) => void
  private pieces: Array<Buffer> | undefined

  constructor(
    set: UpstreamSet,
    recovery: RequestRecovery,
    entry: CommandEntry | undefined,
    slot: number,
    bytes: Buffer,
    onWhole: (reply: Buffer) => void
  ) {
    super(set, recovery, entry, slot, bytes, 0, bytes.length)
    this.onWhole = onWhole
  }

  protected deliver(chunk: Buffer, start: number, end: number, isLast: boolean): void {
    const piece = chunk.subarray(start, end)
    if (this.pieces === undefined && isLast) return this.onWhole(piece)
    this.pieces ??= []
    this.pieces.push(piece)
    if (isLast) this.onWhole(Buffer.concat(this.pieces))
  }

  /** Nothing of the reply has gone to anybody: it can be asked for anew. */
  protected breakOff(failure: PipelineFailure): void {
    this.pieces = undefined
    this.recovery.onLost(this, failure)
  }
}
