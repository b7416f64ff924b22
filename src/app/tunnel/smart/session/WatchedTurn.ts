/** A command whose reply somebody else than the client wants to know of as well. */
import type { ProxyClient } from "../client/ProxyClient.ts"
import { ReplyTurn } from "../client/ReplyQueue.ts"
import type { Command } from "../request/Command.ts"
import type { RequestRecovery } from "../upstream/RoutedRequest.ts"

/** - `nothing`: a null. */
export type Answer = "error" | "nothing" | "value"

const MINUS = 0x2d
const UNDERSCORE = 0x5f

const answerOf = (chunk: Buffer, start: number): Answer => {
  if (chunk[start] === MINUS) return "error"
  return chunk[start] === UNDERSCORE || chunk[start + 1] === MINUS ? "nothing" : "value"
}

export class WatchedTurn extends ReplyTurn {
  readonly command: Command
  private readonly onAnswered: (answer: Answer) => void
  private kind: Answer | undefined

  /** `onAnswered` is called before the reply goes to the client, and so before anything that waits for it goes on. */
  constructor(
    client: ProxyClient,
    recovery: RequestRecovery,
    command: Command,
    slot: number,
    onAnswered: (answer: Answer) => void
  ) {
    super(client.set, recovery, command.entry, slot, command.bytes, command.start, command.end)
    this.command = command
    this.onAnswered = onAnswered
  }

  protected override deliver(chunk: Buffer, start: number, end: number, isLast: boolean): void {
    this.kind ??= answerOf(chunk, start)
    if (isLast) this.onAnswered(this.kind)
    super.deliver(chunk, start, end, isLast)
  }
}
