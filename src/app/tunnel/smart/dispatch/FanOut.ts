/** A command for every master or every node, and one reply of theirs, as the command table says. */
import type { PipelineFailure } from "../../../../connection/PipelineFailure.ts"
import { decodeAll } from "../../../../protocol/RespDecoder.ts"
import { mergeReplies } from "../../../../protocol/ReplyMerge.ts"
import { isError, type RespValue } from "../../../../protocol/Resp.ts"
import type { RequestPolicy, ResponsePolicy } from "../../../../protocol/RoutingPolicy.ts"
import type { ProxyClient } from "../client/ProxyClient.ts"
import type { Command } from "../request/Command.ts"
import type { CommandEntry } from "../request/CommandEntry.ts"
import { PartRequest } from "../upstream/PartRequest.ts"
import type { RequestRecovery } from "../upstream/RoutedRequest.ts"
import { encode } from "./Replies.ts"

/** By the policies of the table. */
export const fanOut = (client: ProxyClient, command: Command): void => {
  const { requestPolicy, responsePolicy } = command.entry!.spec
  fanOutAs(client, command, requestPolicy, responsePolicy ?? "all-succeeded")
}

/** By other policies than the table's. */
export const fanOutAs = (
  client: ProxyClient,
  command: Command,
  requestPolicy: RequestPolicy | undefined,
  responsePolicy: ResponsePolicy
): void =>
  gather(client, command, requestPolicy, (replies) =>
    encode(mergeReplies(responsePolicy, replies.map(decoded)), client.profile.protocol)
  )

/** One reply made of those of all masters, or all nodes. */
export const gather = (
  client: ProxyClient,
  command: Command,
  requestPolicy: RequestPolicy | undefined,
  merge: (replies: ReadonlyArray<Buffer>) => Buffer
): void => {
  const turn = client.turnFor(command.entry, -1, command.bytes, command.start, command.end)
  const bytes = command.bytes.subarray(command.start, command.end)
  const begin = performance.now()
  askEach(client, command.entry, bytes, requestPolicy, (replies) => {
    client.context.slowLog.onGathered(client.profile, command, (performance.now() - begin) * MICROSECONDS)
    turn.answer(merge(replies))
  })
}
/** Of a millisecond. */
const MICROSECONDS = 1000

/** The reply of each master, or each node, and their addresses; one that fails has an error for a reply. */
export const askEach = (
  client: ProxyClient,
  entry: CommandEntry | undefined,
  bytes: Buffer,
  requestPolicy: RequestPolicy | undefined,
  whenAll: (replies: ReadonlyArray<Buffer>, addresses: ReadonlyArray<string>) => void
): void => {
  const { recovery, sets } = client.context
  const isSafe = entry?.isReadOnly === true
  const replies = new Map<string, Buffer>()
  const trials = { since: 0 }

  const ask = (): void => {
    const addresses =
      requestPolicy === "all-nodes" ? sets.topology.nodes.map(({ address }) => address) : sets.masters()
    // Who has executed a command may not do so twice; an answer that is only read is of one moment with the others.
    if (isSafe) replies.clear()
    const missing = addresses.filter((address) => !replies.has(address))
    let awaited = missing.length
    let lost: PipelineFailure | undefined
    const settle = (): void => {
      if (--awaited > 0) return
      const finish = (): void =>
        whenAll(
          addresses.map((address) => replies.get(address)!),
          addresses
        )
      if (lost === undefined) return finish()
      recovery.later(trials, lost, entry, ask, (text) => {
        for (const address of missing)
          if (!replies.has(address)) replies.set(address, Buffer.from(`${text}\r\n`))
        finish()
      })
    }
    const onePart: RequestRecovery = {
      ...recovery,
      onErrorReply: () => false,
      onLost: (_, failure) => {
        lost = failure
        settle()
      }
    }
    if (awaited === 0) return whenAll([Buffer.from("-CLUSTERDOWN The cluster is down\r\n")], [])
    for (const address of missing) {
      const request = new PartRequest(client.set, onePart, entry, -1, bytes, (reply) => {
        replies.set(address, reply)
        settle()
      })
      request.sendTo(client.set.ofAddress(address))
    }
  }
  ask()
}

export const decoded = (reply: Buffer): RespValue => decodeAll(reply).values[0]

/** The first error among the replies of several nodes. */
export const firstError = (replies: ReadonlyArray<Buffer>): Buffer | undefined =>
  replies.find((reply) => isError(decoded(reply)))
