/** Where the kernel meets Effect: one `Effect.async` with a one-argument register per command, or per batch. */
import * as Effect from "effect/Effect"
import type { CommandArguments, RespValue } from "../protocol/Resp.ts"
import type { Pipeline } from "./Pipeline.ts"
import { PipelineFailure } from "./PipelineFailure.ts"

/** The reply to one command, an error reply included. */
export const execute = (
  pipeline: Pipeline,
  args: CommandArguments
): Effect.Effect<RespValue, PipelineFailure> =>
  Effect.async((resume) => {
    pipeline.submit(args, (outcome) =>
      resume(outcome instanceof PipelineFailure ? Effect.fail(outcome) : Effect.succeed(outcome))
    )
  })

/** As `execute`, for a command that may take as long as it likes. A caller who goes away ends the connection. */
export const executeBlocking = (
  pipeline: Pipeline,
  args: CommandArguments
): Effect.Effect<RespValue, PipelineFailure> =>
  Effect.async((resume) => {
    pipeline.submitPatient(args, (outcome) =>
      resume(outcome instanceof PipelineFailure ? Effect.fail(outcome) : Effect.succeed(outcome))
    )
    return Effect.sync(() => pipeline.close("Closed", "its caller no longer waits"))
  })

/** The replies to several commands, in order; fails with the first failure, after the last has settled. */
export const executeMany = (
  pipeline: Pipeline,
  commands: ReadonlyArray<CommandArguments>
): Effect.Effect<ReadonlyArray<RespValue>, PipelineFailure> =>
  Effect.async((resume) => {
    if (commands.length === 0) return resume(Effect.succeed([]))
    const replies = new Array<RespValue>(commands.length)
    let missing = commands.length
    let failure: PipelineFailure | undefined
    const settle = (outcome: RespValue | PipelineFailure, index: number): void => {
      if (outcome instanceof PipelineFailure) failure ??= outcome
      else replies[index] = outcome
      if (--missing === 0) resume(failure === undefined ? Effect.succeed(replies) : Effect.fail(failure))
    }
    for (let index = 0; index < commands.length; index++) pipeline.submit(commands[index], settle, index)
  })
