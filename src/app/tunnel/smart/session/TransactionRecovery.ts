/** What is done about a command of a transaction that its node has not taken: a slot that has moved is followed if nothing is watched; nothing else is tried again. */
import type { PipelineFailure } from "../../../../connection/PipelineFailure.ts"
import type { RequestRecovery, RoutedRequest } from "../upstream/RoutedRequest.ts"

export interface TransactionMoves {
  /** Keys are watched: elsewhere they would not be. */
  readonly mustStay: () => boolean
  /** The command goes to another node than `from`, and the transaction with it. */
  readonly follow: (request: RoutedRequest, from: string, address: string) => void
}

export const transactionRecovery = (
  recovery: RequestRecovery,
  { follow, mustStay }: TransactionMoves
): RequestRecovery => ({
  ...recovery,
  onErrorReply: (request, chunk, start, end) => {
    if (mustStay()) return false
    const from = request.address ?? ""
    const address = recovery.follow(chunk.toString("latin1", start + 1, end - 2), from)
    if (address === undefined) return false
    follow(request, from, address)
    return true
  },
  onLost: (request, failure) => request.fail(lostText(failure))
})

const lostText = ({ detail, sent }: PipelineFailure): string =>
  sent === "maybe"
    ? "-ERR the connection to the node was lost during the transaction; it may have been executed"
    : `-ERR the connection to the node was lost before the transaction was executed: ${detail}`
