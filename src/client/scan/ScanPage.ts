/**
 * One page of a walk by cursor, and on which process it was read: a cursor is a
 * place in one process's hash table and means nothing to any other, not even to
 * the same server after a restart or to its replica.
 */
import * as Effect from "effect/Effect"
import type { Connection } from "../../connection/Connection.ts"
import { NO_KEY } from "../../protocol/CommandTable.ts"
import * as Resp from "../../protocol/Resp.ts"
import type { CommandArgument, CommandArguments, RespValue } from "../../protocol/Resp.ts"
import { errorOf } from "../Attempt.ts"
import type { CommandError } from "../commands/TypedCommand.ts"
import { type Decoder, Mismatch, text, tuple } from "../reply/FromResp.ts"
import { UnexpectedReply } from "../reply/UnexpectedReply.ts"

/** The walk begins, or has ended. */
export const START = "0"
/** Elements to look at for one page, unless told otherwise: the server's own 10 would cost a round trip each. */
export const DEFAULT_COUNT = 1000

export interface ScanPageOptions {
  /** Only those that match the pattern (`user:*`). Applied after they were read, so a page may be empty. */
  readonly match?: string | Uint8Array | undefined
  /** Elements to look at for one page. Default 1000. */
  readonly count?: number | undefined
}

export interface ScanPage<A> {
  readonly cursor: string
  readonly items: ReadonlyArray<A>
}

/** What a process is known by: its run id, or the connection where the server does not tell. */
export type ScanProcess = string | Connection

const processes = new WeakMap<Connection, ScanProcess>()

/** Asked once per connection. */
export const processOf = (connection: Connection): Effect.Effect<ScanProcess, CommandError> =>
  Effect.suspend(() => {
    const known = processes.get(connection)
    if (known !== undefined) return Effect.succeed(known)
    return Effect.map(connection.execute("INFO", "server"), (reply) => {
      const runId = Resp.isError(reply) ? undefined : /^run_id:(\w+)/m.exec(Resp.text(reply) ?? "")?.[1]
      processes.set(connection, runId ?? connection)
      return runId ?? connection
    })
  })

export const pageOptions = ({ count, match }: ScanPageOptions): ReadonlyArray<CommandArgument> => [
  ...(match === undefined ? [] : ["MATCH", match]),
  "COUNT",
  count ?? DEFAULT_COUNT
]

/** Reads one page. `command` has its cursor. */
export const readPage = <A>(
  connection: Connection,
  command: CommandArguments,
  items: Decoder<ReadonlyArray<A>>,
  isAsking = false
): Effect.Effect<ScanPage<A>, CommandError> =>
  Effect.flatMap(connection.executeMany(isAsking ? [["ASKING"], command] : [command]), (replies) =>
    decodePage(connection, String(command[0]), replies[replies.length - 1], items)
  )

export const decodePage = <A>(
  { node }: Connection,
  command: string,
  reply: RespValue,
  items: Decoder<ReadonlyArray<A>>
): Effect.Effect<ScanPage<A>, CommandError> =>
  Effect.suspend((): Effect.Effect<ScanPage<A>, CommandError> => {
    const error = errorOf(reply, node, command, NO_KEY)
    if (error !== undefined) return Effect.fail(error)
    const page = tuple({ cursor: text, items })(reply)
    return page instanceof Mismatch
      ? new UnexpectedReply({ command, expected: page.expected, got: page.got })
      : Effect.succeed(page)
  })
