/**
 * The connection to one node that clients of one flavor share: opened when the
 * first command comes, opened again when the next comes after it was lost.
 */
import { PipelineFailure } from "../../../../connection/PipelineFailure.ts"
import type { RawPipeline, RawRequest } from "../../../../connection/RawPipeline.ts"
import { Latencies } from "../request/Latencies.ts"
import type { Flavor } from "./Flavor.ts"
import type { LinkOpener, OpenedLink } from "./LinkOpener.ts"

/** At so many looks in a row commands waited and nothing came: the node may have stopped. */
export const SUSPICIOUS_LOOKS = 3

export class UpstreamLink {
  readonly address: string
  /** `undefined` until it is open. */
  pipeline: RawPipeline | undefined
  readonly latencies = new Latencies()
  /** Commands sent so far. */
  commands = 0
  private readonly flavor: Flavor
  private readonly opener: LinkOpener
  private waiting: Array<RawRequest> = []
  private isOpening = false
  private isRetired = false

  constructor(address: string, flavor: Flavor, opener: LinkOpener) {
    this.address = address
    this.flavor = flavor
    this.opener = opener
  }

  /** Commands without a reply so far. */
  get pending(): number {
    return this.waiting.length + (this.pipeline?.pending ?? 0)
  }

  submit(request: RawRequest): void {
    this.commands++
    const { pipeline } = this
    if (pipeline !== undefined && pipeline.isOpen) return pipeline.submit(request)
    this.waiting.push(request)
    if (!this.isOpening) this.open()
  }

  /** Fails what waits for an answer, if the connection has hung: it goes on elsewhere. */
  abandon(detail: string): void {
    this.pipeline?.close("Timeout", detail)
    this.failWaiting(new PipelineFailure("Timeout", "no", detail))
  }

  /** The node has left: the connection ends once its replies have come, or do not come any more. True when it has ended. */
  retire(): boolean {
    this.isRetired = true
    if (this.pending === 0) this.pipeline?.close("Closed", "the node has left the cluster")
    else if (this.isSilent()) this.abandon("it has stopped answering, and has left the cluster")
    else return false
    return true
  }

  /** To be called at regular intervals: whether commands have waited for several in a row and nothing has come. */
  isSilent(): boolean {
    return this.pipeline !== undefined && this.pipeline.look() >= SUSPICIOUS_LOOKS
  }

  private open(): void {
    this.isOpening = true
    this.opener.open(this.address, this.flavor, "shared", this.onOpened)
  }

  private readonly onOpened = (result: OpenedLink | PipelineFailure): void => {
    this.isOpening = false
    if (result instanceof PipelineFailure) return this.failWaiting(result)
    this.pipeline = result.pipeline
    const requests = this.waiting
    this.waiting = []
    for (const request of requests) result.pipeline.submit(request)
    if (this.isRetired) this.retire()
  }

  private failWaiting(failure: PipelineFailure): void {
    const requests = this.waiting
    this.waiting = []
    for (const request of requests) request.onFailure(failure)
  }
}
