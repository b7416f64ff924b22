/** The load of a chaos run: callers in closed loops, each with a key of its own. */
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type { ClientError } from "../../src/client/ClusterError.ts"
import type { RedisCommands } from "../../src/client/RedisCommands.ts"
import { type RespValue, text } from "../../src/protocol/Resp.ts"
import { type Account, type Ledger, presetOf, recordFailure, recordSuccess } from "./Ledger.ts"

export interface CallerOptions {
  /** Milliseconds that a caller waits at most between two commands; 0: full speed. */
  readonly thinkTime: number
  /** Asked before each command. */
  readonly isOver: (account: Account) => boolean
}

/** What the GET callers will find is there. */
export const prepare = (client: RedisCommands, ledger: Ledger): Effect.Effect<void, ClientError> =>
  Effect.forEach(
    ledger.accounts.filter(({ kind }) => kind === "GET"),
    ({ key }) => client.execute("SET", key, presetOf(key)),
    { concurrency: "unbounded", discard: true }
  )

/** Runs all callers until each is over. */
export const runCallers = (
  client: RedisCommands,
  ledger: Ledger,
  options: CallerOptions
): Effect.Effect<void> =>
  Effect.forEach(ledger.accounts, (account) => runCaller(client, ledger, account, options), {
    concurrency: "unbounded",
    discard: true
  })

const runCaller = (
  client: RedisCommands,
  ledger: Ledger,
  account: Account,
  { isOver, thinkTime }: CallerOptions
): Effect.Effect<void> => {
  const command = commandOf(client, account)
  return Effect.gen(function* () {
    while (!isOver(account)) {
      account.attempted++
      const startedAt = performance.now()
      const result = yield* Effect.either(command())
      if (result._tag === "Left") {
        recordFailure(account, result.left, startedAt)
      } else {
        recordSuccess(ledger, account, startedAt)
        check(account, result.right)
      }
      yield* thinkTime === 0
        ? Effect.yieldNow()
        : Effect.flatMap(Random.nextRange(0, thinkTime), (wait) => Effect.sleep(wait))
    }
  })
}

const commandOf = (
  client: RedisCommands,
  account: Account
): (() => Effect.Effect<RespValue, ClientError>) => {
  const { key, kind } = account
  const repeating = client.withOptions({ idempotent: true })
  switch (kind) {
    case "INCR":
      return () => client.execute("INCR", key)
    case "GET":
      return () => client.execute("GET", key)
    case "SET":
      return () => repeating.execute("SET", key, account.attempted)
  }
}

/** Takes the answer over into the account; one that is somebody else's, or of another time, is noted as wrong. */
const check = (account: Account, reply: RespValue): void => {
  const said = reply._tag === "Integer" ? String(reply.value) : text(reply)
  switch (account.kind) {
    case "INCR": {
      account.acknowledged++
      if (reply._tag !== "Integer") account.wrong.push(`INCR answered ${said}`)
      return
    }
    case "GET":
      if (said === presetOf(account.key)) account.acknowledged++
      else account.wrong.push(`GET answered ${said}`)
      return
    case "SET":
      account.acknowledged = account.attempted
      if (said !== "OK") account.wrong.push(`SET answered ${said}`)
  }
}
