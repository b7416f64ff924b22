/** Prints what a session said to a command, messages for as long as they come. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Resp from "../../../protocol/Resp.ts"
import type { CommandArguments, RespValue } from "../../../protocol/Resp.ts"
import type { CommandFailure } from "../../CommandFailure.ts"
import { write } from "../../Output.ts"
import { asReply } from "../reply/ErrorReply.ts"
import { formatReply, printedReply, type ReplyFormat } from "../reply/ReplyFormat.ts"
import type { SessionReply } from "../session/CommandSession.ts"

/** Whether an error was among it. */
export const printSaid = (
  command: CommandArguments,
  said: SessionReply,
  format: ReplyFormat
): Effect.Effect<boolean, CommandFailure> => {
  switch (said._tag) {
    case "Silence":
      return Effect.succeed(false)
    case "Answer":
      return Effect.as(write(printedReply(command, said.reply, format)), Resp.isError(said.reply))
    case "Messages":
      return Effect.suspend(() => {
        let hasFailed = false
        const show = (message: RespValue): Effect.Effect<void> => {
          hasFailed ||= Resp.isError(message)
          return write(formatReply(message, format))
        }
        return Stream.runForEach(said.messages, show).pipe(
          Effect.catchAll((error) => Effect.flatMap(asReply(error), show)),
          Effect.map(() => hasFailed)
        )
      })
  }
}
