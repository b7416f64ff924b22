/** Our client, through its Effect API alone. Its deadline of 10 s per command is the default. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { ClusterClient } from "../../../src/client/ClusterClient.ts"
import type { RedisCommands } from "../../../src/client/RedisCommands.ts"
import { type CommandArguments, text } from "../../../src/protocol/Resp.ts"
import { type Load, type Operation, VALUE } from "../Load.ts"
import type { Seed, SideSpec } from "../Side.ts"

type Callers = (
  client: RedisCommands,
  operation: Operation,
  callers: number,
  load: Load
) => Effect.Effect<void, unknown>

const caller = (client: RedisCommands, operation: Operation, load: Load): Effect.Effect<void, unknown> =>
  Effect.gen(function* () {
    while (!load.isOver) {
      const reply =
        operation === "GET"
          ? yield* client.execute("GET", load.nextKey())
          : yield* client.execute("SET", load.nextKey(), VALUE)
      load.received(operation, text(reply) ?? null)
    }
  })

const executeCallers: Callers = (client, operation, callers, load) =>
  Effect.gen(function* () {
    const fibers: Array<Fiber.Fiber<void, unknown>> = []
    for (let count = 0; count < callers; count++) {
      fibers.push(yield* Effect.fork(caller(client, operation, load)))
    }
    for (const fiber of fibers) yield* Fiber.join(fiber)
  })

const executeManyCaller: Callers = (client, operation, callers, load) =>
  Effect.gen(function* () {
    while (!load.isOver) {
      const commands: Array<CommandArguments> = []
      for (let count = 0; count < callers; count++) {
        commands.push(operation === "GET" ? ["GET", load.nextKey()] : ["SET", load.nextKey(), VALUE])
      }
      for (const result of yield* client.executeMany(commands)) {
        if (Either.isLeft(result)) return yield* Effect.fail(result.left)
        load.received(operation, text(result.right) ?? null)
      }
    }
  })

const connect =
  (callers: Callers): SideSpec["connect"] =>
  async (seed: Seed) => {
    const runtime = ManagedRuntime.make(ClusterClient.layer({ seeds: [seed] }))
    const client = await runtime.runPromise(ClusterClient)
    return {
      run: (operation, count, load) => runtime.runPromise(callers(client, operation, count, load))
    }
  }

export const effectSides: ReadonlyArray<SideSpec> = [
  { name: "ours, `execute`", isBatch: false, connect: connect(executeCallers) },
  { name: "ours, `executeMany`", isBatch: true, connect: connect(executeManyCaller) }
]
