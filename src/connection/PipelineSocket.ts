/** The socket under a pipeline, `Pipeline` or `RawPipeline`: full at times, and ended once, whatever ends it. */
import type { Duplex } from "node:stream"
import type { FailureReason } from "./PipelineFailure.ts"

export interface PipelineOwner {
  onData(chunk: Buffer): void
  /** The socket takes bytes again. */
  flush(): void
  close(reason: FailureReason, detail: string): void
}

export class PipelineSocket {
  readonly stream: Duplex
  /** It has asked to be left alone until it drains. */
  isFull = false
  private readonly owner: PipelineOwner

  constructor(stream: Duplex, owner: PipelineOwner) {
    this.stream = stream
    this.owner = owner
    stream.on("data", this.onData)
    stream.on("drain", this.onDrain)
    stream.on("end", this.onEnd)
    stream.on("error", this.onError)
    stream.on("close", this.onEnd)
  }

  /** Tells the owner nothing any more: the socket is somebody else's. */
  take(): Duplex {
    const { stream } = this
    stream.off("data", this.onData)
    stream.off("drain", this.onDrain)
    stream.off("end", this.onEnd)
    stream.off("error", this.onError)
    stream.off("close", this.onEnd)
    return stream
  }

  private readonly onData = (chunk: Buffer): void => this.owner.onData(chunk)

  private readonly onDrain = (): void => {
    this.isFull = false
    this.owner.flush()
  }

  private readonly onEnd = (): void => this.owner.close("Closed", "the connection was closed by the server")

  /** The message of an error of OpenSSL's is its reason amid lines of its innards. */
  private readonly onError = (error: Error & { readonly reason?: string }): void =>
    this.owner.close("Closed", error.reason ?? error.message)
}
