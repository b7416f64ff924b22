/** `--pipe`: commands from standard input, of any number and size, each to the node that serves its key; and an account of them. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { EndWith } from "../../CommandFailure.ts"
import { FAILED } from "../../ExitStatus.ts"
import { showProgress } from "../../Progress.ts"
import { type BuiltinContext, type BuiltinFailure, reporting } from "../builtin/Builtin.ts"
import { isLost } from "../reply/ErrorReply.ts"
import type { CommandSession } from "../session/CommandSession.ts"
import * as CommandInput from "./CommandInput.ts"
import { executeStream } from "./CommandStream.ts"
import { PipeAccount } from "./PipeAccount.ts"

/** Ends with status 1 when there was an error. Stops when the servers cannot be reached any longer. */
export const runMassInsertion = (
  session: CommandSession,
  context: BuiltinContext
): Effect.Effect<void, BuiltinFailure> =>
  Effect.gen(function* () {
    const input = CommandInput.make(process.stdin)
    const account = new PipeAccount(input.unit)
    let lost: string | undefined
    const insertion = executeStream(session, input, {
      instead: (command) =>
        command.problem === undefined
          ? undefined
          : Effect.sync(() => account.refuse(command, command.problem!)),
      hasEnded: () => lost !== undefined,
      onResults: (commands, results) =>
        Effect.sync(() => {
          for (let index = 0; index < commands.length; index++) {
            const result = results[index]
            account.add(commands[index], result)
            if (Either.isLeft(result) && isLost(result.left)) {
              lost ??= `stopped after ${input.unit()} ${commands[commands.length - 1].number}: what follows was not sent`
            }
          }
        })
    })
    const work = Effect.scoped(Effect.zipRight(showProgress(account.progress), insertion)).pipe(
      Effect.tap(() => Effect.sync(() => account.end(lost ?? input.problem())))
    )
    yield* reporting(context, account, work)
    if (!account.isClean) return yield* new EndWith({ status: FAILED })
  })
