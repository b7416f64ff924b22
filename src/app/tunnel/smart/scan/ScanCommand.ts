/** SCAN over all masters, one after the other, with the cursor saying how far it has come. */
import type { ProxyClient } from "../client/ProxyClient.ts"
import type { Handler } from "../dispatch/Dispatcher.ts"
import * as Replies from "../dispatch/Replies.ts"
import type { Command } from "../request/Command.ts"
import { PartRequest } from "../upstream/PartRequest.ts"
import { ScanOrder } from "./ScanOrder.ts"

const INVALID_CURSOR = Replies.error("ERR invalid cursor")
const FINISHED = Buffer.from("*2\r\n$1\r\n0\r\n*0\r\n")
/** `*2`, and the header of the cursor. */
const HEADER = /^\*2\r\n\$(\d+)\r\n/
const LONGEST_HEADER = 32
const MINUS = 0x2d

/** Follows the topology from its making on. */
export const makeScan = (order: ScanOrder): Handler => {
  const scan = (
    client: ProxyClient,
    command: Command,
    answer: (reply: Buffer) => void,
    trials: { since: number }
  ): void => {
    const position = order.locate(command.text(1))
    if (position === "invalid") return answer(INVALID_CURSOR)
    if (position === "finished") return answer(FINISHED)
    const { recovery } = client.context
    const bytes = Replies.command(command.args[0], position.cursor, ...command.args.slice(2))
    const retry = (): void => scan(client, command, answer, trials)
    const request = new PartRequest(
      client.set,
      {
        ...recovery,
        onErrorReply: () => false,
        onLost: (_, failure) =>
          recovery.later(trials, failure, command.entry, retry, (text) => answer(Buffer.from(`${text}\r\n`)))
      },
      command.entry,
      -1,
      bytes,
      (reply) =>
        answer(reply[0] === MINUS ? reply : withCursor(reply, (cursor) => order.next(position, cursor)))
    )
    request.goTo(position.address, false)
  }
  return (client, command) => {
    const turn = client.turnFor(command.entry, -1, command.bytes, command.start, command.end)
    scan(client, command, (reply) => turn.answer(reply), { since: 0 })
  }
}

/** The reply with another cursor in it; the keys behind it stay where they are. */
const withCursor = (reply: Buffer, next: (cursor: string) => string): Buffer => {
  const header = HEADER.exec(reply.toString("latin1", 0, LONGEST_HEADER))
  if (header === null) return reply
  const start = header[0].length
  const end = start + Number(header[1])
  const cursor = next(reply.toString("latin1", start, end))
  return Buffer.concat([Buffer.from(`*2\r\n$${cursor.length}\r\n${cursor}`), reply.subarray(end)])
}
