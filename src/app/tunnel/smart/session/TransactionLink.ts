/** The connection of a transaction: one at most, however many commands ask for it while it is being opened. */
import { PipelineFailure } from "../../../../connection/PipelineFailure.ts"
import type { ProxyClient } from "../client/ProxyClient.ts"
import type { OpenedLink } from "../upstream/LinkOpener.ts"
import { PartRequest } from "../upstream/PartRequest.ts"

interface Waiter {
  readonly use: (link: OpenedLink) => void
  readonly fail: (text: string) => void
}

export class TransactionLink {
  private readonly client: ProxyClient
  /** Called when an open connection is lost. */
  private readonly onLost: () => void
  /** Called with each new connection before anybody else uses it. */
  private readonly onOpened: (link: OpenedLink) => void
  private link: OpenedLink | undefined
  /** Gives the connection's events back to whom they belonged. */
  private restore: (() => void) | undefined
  private opening: string | undefined
  private waiters: Array<Waiter> | undefined

  constructor(client: ProxyClient, onOpened: (link: OpenedLink) => void, onLost: () => void) {
    this.client = client
    this.onOpened = onOpened
    this.onLost = onLost
  }

  get address(): string | undefined {
    return this.link?.address
  }

  /** Where it is, or will be when it is open. */
  get target(): string | undefined {
    return this.address ?? this.opening
  }

  /** On the connection that there is, or on one to this address. */
  with(address: string | undefined, use: (link: OpenedLink) => void, fail: (text: string) => void): void {
    const { client } = this
    if (this.link !== undefined) return use(this.link)
    if (address === undefined) return fail("-CLUSTERDOWN Hash slot not served")
    if (this.waiters !== undefined) return void this.waiters.push({ use, fail })
    const waiters = [{ use, fail }]
    this.waiters = waiters
    this.opening = address
    client.acquire(address, (link) => {
      this.waiters = this.opening = undefined
      if (link instanceof PipelineFailure) {
        return waiters.forEach((waiter) => waiter.fail(`-ERR no connection to ${address}: ${link.detail}`))
      }
      if (client.isClosed) return client.giveBack(link)
      this.link = link
      const { events } = link.pipeline
      const onCloseBefore = events.onClose
      this.restore = () => {
        events.onClose = onCloseBefore
      }
      events.onClose = (failure) => {
        this.link = undefined
        this.onLost()
        onCloseBefore?.(failure)
      }
      this.onOpened(link)
      for (const waiter of waiters) waiter.use(link)
    })
  }

  /** Gives it back, once the server has heard a last word. */
  giveBack(lastWord?: Buffer): void {
    const { link } = this
    this.link = undefined
    if (link === undefined) return
    const { client } = this
    this.restore?.()
    if (lastWord === undefined) return client.giveBack(link)
    const unheard = { ...client.context.recovery, onErrorReply: () => false, onLost: () => {} }
    const onReply = (): void => client.giveBack(link)
    link.pipeline.submit(new PartRequest(client.set, unheard, undefined, -1, lastWord, onReply))
  }
}
