/** Counts failures that are not `Recovery`'s: those of commands for several nodes, and of commands for nodes that the caller names. */
import * as Effect from "effect/Effect"
import type { Broadcast } from "../FanOut.ts"
import type { RedisCommands } from "../RedisCommands.ts"
import type { Telemetry } from "./Telemetry.ts"

export const ofBroadcast = ({ counted }: Telemetry, { broadcast }: Broadcast): Broadcast => ({
  broadcast: (spec, args, isRepeatable) => counted(broadcast(spec, args, isRepeatable))
})

export const ofCommands = (telemetry: Telemetry, commands: RedisCommands): RedisCommands => ({
  ...commands,
  executeOn: (address, ...command) => telemetry.counted(commands.executeOn(address, ...command)),
  executeOnEach: (which, ...command) =>
    Effect.tap(commands.executeOnEach(which, ...command), (replies) =>
      Effect.sync(() => {
        for (const { reply } of replies) if (reply._tag === "Left") telemetry.failed(reply.left)
      })
    ),
  withOptions: (options) => ofCommands(telemetry, commands.withOptions(options))
})
