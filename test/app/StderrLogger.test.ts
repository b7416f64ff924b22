import { describe, expect, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { StatusLine } from "../../src/app/StatusLine.ts"
import * as StderrLogger from "../../src/app/StderrLogger.ts"

const logged = (effect: Effect.Effect<void>, debug = false) =>
  Effect.gen(function* () {
    const written: Array<string> = []
    const line = new StatusLine({ write: (text: string) => written.push(text) })
    yield* effect.pipe(Effect.provide(StderrLogger.layer(debug, () => line)))
    return written.join("")
  })

describe("StderrLogger", () => {
  it.effect("one line with the time, the level, the words and the annotations", () =>
    Effect.gen(function* () {
      const effect = Effect.logWarning("node is", "gone").pipe(Effect.annotateLogs({ node: "h:1", tries: 3 }))
      expect(yield* logged(effect)).toMatch(/^[\d:.]{12} WARN node is gone node=h:1 tries=3\n$/)
    })
  )

  it.effect("a trace only when asked for, and never a secret", () =>
    Effect.gen(function* () {
      const effect = Effect.logError("failed", Cause.fail(new Error("why"))).pipe(
        Effect.annotateLogs({ password: Redacted.make("sesame") })
      )
      expect((yield* logged(effect)).split("\n")).toHaveLength(2)
      const traced = yield* logged(effect, true)
      expect(traced).toContain("why")
      expect(traced).not.toContain("sesame")
    })
  )
})
