/**
 * A command that may wait on the server: it has a connection to itself, or
 * everybody behind it would wait with it. When the client goes away the
 * connection is closed, so that the server gives the command up too.
 */
import { PipelineFailure } from "../../../../connection/PipelineFailure.ts"
import type { ProxyClient } from "../client/ProxyClient.ts"
import { ReplyTurn } from "../client/ReplyQueue.ts"
import type { Command } from "../request/Command.ts"
import type { OpenedLink } from "../upstream/LinkOpener.ts"
import { asking, type RequestRecovery } from "../upstream/RoutedRequest.ts"

export class BlockingTurn extends ReplyTurn {
  private readonly client: ProxyClient
  private readonly onDone: () => void
  /** Where it waits. */
  link: OpenedLink | undefined

  constructor(
    client: ProxyClient,
    recovery: RequestRecovery,
    command: Command,
    slot: number,
    onDone: () => void
  ) {
    const { bytes, end, entry, start } = command
    super(client.set, recovery, entry, slot, bytes, start, end)
    this.isPatient = true
    this.client = client
    this.onDone = onDone
  }

  override goTo(address: string, isAsking: boolean): void {
    const { client } = this
    this.address = address
    client.acquire(address, (result) => {
      if (result instanceof PipelineFailure) return this.onFailure(result)
      if (client.isClosed) return client.giveBack(result)
      this.link = result
      if (isAsking) result.pipeline.submit(asking())
      result.pipeline.submit(this)
    })
  }

  /** The client is gone. */
  abandon(): void {
    const { link } = this
    this.link = undefined
    if (link !== undefined) this.client.context.sets.discard(link)
  }

  override onReply(chunk: Buffer, start: number, end: number, isFirst: boolean, isLast: boolean): void {
    if (isLast) this.giveBack()
    super.onReply(chunk, start, end, isFirst, isLast)
  }

  override onFailure(failure: PipelineFailure): void {
    this.giveBack()
    if (!this.client.isClosed) super.onFailure(failure)
  }

  protected override deliver(chunk: Buffer, start: number, end: number, isLast: boolean): void {
    super.deliver(chunk, start, end, isLast)
    if (isLast) this.onDone()
  }

  private giveBack(): void {
    const { link } = this
    this.link = undefined
    if (link !== undefined) this.client.giveBack(link)
  }
}
