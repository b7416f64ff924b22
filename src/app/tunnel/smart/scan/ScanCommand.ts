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
const LONGEST_CURSOR = 32
/** A page without keys. */
const EMPTY_PAGE = /^\*2\r\n\$\d+\r\n(\d+)\r\n\*0\r\n$/
const MINUS = 0x2d

/** Follows the topology from its making on. */
export const makeScan = (order: ScanOrder): Handler => {
  const scan = (
    client: ProxyClient,
    command: Command,
    cursor: string,
    answer: (reply: Buffer) => void,
    trials: { since: number }
  ): void => {
    const position = order.locate(cursor)
    if (position === "invalid") return answer(INVALID_CURSOR)
    if (position === "finished") return answer(FINISHED)
    const { recovery } = client.context
    const bytes = Replies.command(command.args[0], position.cursor, ...command.args.slice(2))
    const retry = (): void => scan(client, command, cursor, answer, trials)
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
      (reply) => {
        if (reply[0] === MINUS) return answer(reply)
        const page = withCursor(reply, (own) => order.next(position, own))
        const next = EMPTY_PAGE.exec(page.toString("latin1", 0, LONGEST_HEADER + LONGEST_CURSOR))?.[1]
        // One server that has no keys, or none left, says so at once.
        if (next === undefined || next === "0" || order.isWithin(next)) answer(page)
        else scan(client, command, next, answer, trials)
      }
    )
    request.goTo(position.address, false)
  }
  return (client, command) => {
    const turn = client.turnFor(command.entry, -1, command.bytes, command.start, command.end)
    scan(client, command, command.text(1), (reply) => turn.answer(reply), { since: 0 })
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
