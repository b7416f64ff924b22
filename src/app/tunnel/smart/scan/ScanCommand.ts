/** SCAN over all masters, one after the other, with the cursor saying how far it has come. */
import type { ProxyClient } from "../client/ProxyClient.ts"
import type { Handler } from "../dispatch/Dispatcher.ts"
import * as Replies from "../dispatch/Replies.ts"
import type { Command } from "../request/Command.ts"
import { PartRequest } from "../upstream/PartRequest.ts"
import { ScanOrder } from "./ScanOrder.ts"

const INVALID_CURSOR = Replies.error("ERR invalid cursor")
/** Keys that a page is to have at least, unless COUNT says otherwise and as long as there are some. */
const DEFAULT_COUNT = 10
/** All of a page up to its keys. */
const HEAD = /^\*2\r\n\$\d+\r\n(\d+)\r\n\*(\d+)\r\n/
const LONGEST_HEAD = 64

interface Page {
  /** Of the node that has given it. */
  readonly cursor: string
  readonly keys: number
  /** The keys, as the protocol has them. */
  readonly bytes: Buffer
}

/**
 * Follows the topology from its making on. A page that ends with its node before
 * it is full goes on at the next: one server that has few keys has one page.
 */
export const makeScan = (order: ScanOrder): Handler => {
  const scan = (
    client: ProxyClient,
    command: Command,
    cursor: string,
    before: ReadonlyArray<Page>,
    answer: (reply: Buffer) => void,
    trials: { since: number }
  ): void => {
    const position = order.locate(cursor)
    if (position === "invalid") return answer(INVALID_CURSOR)
    if (position === "finished") return answer(joined("0", before))
    const { recovery } = client.context
    const bytes = Replies.command(command.args[0], position.cursor, ...command.args.slice(2))
    const retry = (): void => scan(client, command, cursor, before, answer, trials)
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
        const page = readPage(reply)
        if (page === undefined) return answer(reply)
        const pages = [...before, page]
        const next = order.next(position, page.cursor)
        const isFull = keysOf(pages) >= countOf(command)
        if (next === "0" || order.isWithin(next) || isFull) answer(joined(next, pages))
        else scan(client, command, next, pages, answer, trials)
      }
    )
    request.goTo(position.address, false)
  }
  return (client, command) => {
    const turn = client.turnFor(command.entry, -1, command.bytes, command.start, command.end)
    scan(client, command, command.text(1), [], (reply) => turn.answer(reply), { since: 0 })
  }
}

/** `undefined` for an error. The bytes are copied: those of the reply go on to be used. */
const readPage = (reply: Buffer): Page | undefined => {
  const head = HEAD.exec(reply.toString("latin1", 0, LONGEST_HEAD))
  if (head === null) return undefined
  return { cursor: head[1], keys: Number(head[2]), bytes: Buffer.from(reply.subarray(head[0].length)) }
}

const keysOf = (pages: ReadonlyArray<Page>): number => pages.reduce((sum, { keys }) => sum + keys, 0)

const countOf = (command: Command): number => {
  const index = command.args.findIndex((_, index) => index > 1 && command.word(index) === "COUNT")
  return index > 0 && index + 1 < command.args.length ? Number(command.text(index + 1)) : DEFAULT_COUNT
}

const joined = (cursor: string, pages: ReadonlyArray<Page>): Buffer =>
  Buffer.concat([
    Buffer.from(`*2\r\n$${cursor.length}\r\n${cursor}\r\n*${keysOf(pages)}\r\n`),
    ...pages.map(({ bytes }) => bytes)
  ])
