/** The comparison's end of a side's process. */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type ChildProcess, fork } from "node:child_process"
import { fileURLToPath } from "node:url"
import type { Seed } from "./Side.ts"
import type { HeapResult, RunResult, SideAnswer, SideRequest } from "./SideRequest.ts"

export class SideFailure extends Data.TaggedError("SideFailure")<{ readonly message: string }> {}

export interface SideClient {
  readonly name: string
  run(request: Omit<SideRequest & { readonly kind: "run" }, "kind">): Effect.Effect<RunResult, SideFailure>
  readonly rest: Effect.Effect<void, SideFailure>
  heap(
    request: SideRequest & { readonly kind: "idle-heap" | "queued-heap" }
  ): Effect.Effect<HeapResult, SideFailure>
}

const PROGRAM = fileURLToPath(new URL("SideProcess.mjs", import.meta.url))

/** Starts the process of a side and connects it. The process ends with the scope. */
export const start = (name: string, seed: Seed): Effect.Effect<SideClient, SideFailure, Scope.Scope> =>
  Effect.gen(function* () {
    const child = yield* Effect.acquireRelease(
      Effect.sync(() =>
        // What a client logs goes to stderr: it is not a result.
        fork(PROGRAM, { execArgv: ["--expose-gc"], stdio: ["ignore", 2, 2, "ipc"] })
      ),
      (child) => Effect.sync(() => child.kill("SIGKILL"))
    )
    const asked = <K extends SideAnswer["kind"]>(request: SideRequest, kind: K) =>
      Effect.flatMap(ask(name, child, request), (answer) =>
        answer.kind === kind
          ? Effect.succeed(answer as SideAnswer & { readonly kind: K })
          : Effect.fail(new SideFailure({ message: `${name}: ${JSON.stringify(answer)}` }))
      )
    yield* asked({ kind: "connect", side: name, seed }, "done")
    return {
      name,
      run: (request) => asked({ kind: "run", ...request }, "run"),
      rest: Effect.asVoid(asked({ kind: "rest" }, "done")),
      heap: (request) => asked(request, "heap")
    }
  })

const ask = (
  name: string,
  child: ChildProcess,
  request: SideRequest
): Effect.Effect<SideAnswer, SideFailure> =>
  Effect.async((resume) => {
    const onMessage = (answer: unknown): void => finish(Effect.succeed(answer as SideAnswer))
    const onEnd = (): void =>
      finish(Effect.fail(new SideFailure({ message: `${name}: the process has ended` })))
    const finish = (result: Effect.Effect<SideAnswer, SideFailure>): void => {
      child.off("message", onMessage)
      child.off("exit", onEnd)
      resume(result)
    }
    child.on("message", onMessage)
    child.on("exit", onEnd)
    child.send(request, (error) => error !== null && onEnd())
  })
