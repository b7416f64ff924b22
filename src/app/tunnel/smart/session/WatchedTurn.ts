/** A command whose reply somebody else than the client wants to know of as well. */
import type { ProxyClient } from "../client/ProxyClient.ts"
import { ReplyTurn } from "../client/ReplyQueue.ts"
import type { Command } from "../request/Command.ts"
import type { RequestRecovery } from "../upstream/RoutedRequest.ts"

const MINUS = 0x2d
const UNDERSCORE = 0x5f
const ASTERISK = 0x2a

export class WatchedTurn extends ReplyTurn {
  readonly command: Command
  private readonly onAnswered: (isError: boolean, isNull: boolean) => void
  private isError: boolean | undefined
  private isNull = false

  /** `onAnswered` is called before the reply goes to the client, and so before anything that waits for it goes on. */
  constructor(
    client: ProxyClient,
    recovery: RequestRecovery,
    command: Command,
    slot: number,
    onAnswered: (isError: boolean, isNull: boolean) => void
  ) {
    super(client.set, recovery, command.entry, slot, command.bytes, command.start, command.end)
    this.command = command
    this.onAnswered = onAnswered
  }

  protected override deliver(chunk: Buffer, start: number, end: number, isLast: boolean): void {
    if (this.isError === undefined) {
      this.isError = chunk[start] === MINUS
      this.isNull = chunk[start] === UNDERSCORE || (chunk[start] === ASTERISK && chunk[start + 1] === MINUS)
    }
    if (isLast) this.onAnswered(this.isError, this.isNull)
    super.deliver(chunk, start, end, isLast)
  }
}
