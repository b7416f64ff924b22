/** One call of a command of the typed API against a real server, and what it has to give. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { RedisService } from "../../../src/client/Redis.ts"

export interface Step {
  /** The source of the call: what a failing assertion shows. */
  readonly label: string
  readonly run: (redis: RedisService) => Effect.Effect<unknown, { readonly message: string }>
  readonly expected: Expected
}

export type Expected =
  | { readonly _tag: "Value"; readonly value: unknown }
  /** Times, identifiers, measurements: only of the same shape on RESP2 and RESP3. */
  | { readonly _tag: "Shape" }
  /** An error reply that the server can give only to a well-formed call. */
  | { readonly _tag: "Error"; readonly message: RegExp }

type Call<A> = (redis: RedisService) => Effect.Effect<A, { readonly message: string }>

const labelOf = (call: Call<unknown>): string => String(call).replaceAll(/\s+/g, " ")

/** Gives exactly this. */
export const gives = <A>(call: Call<A>, value: NoInfer<A>): Step => ({
  label: labelOf(call),
  run: call,
  expected: { _tag: "Value", value }
})

export const givesShape = (call: Call<unknown>): Step => ({
  label: labelOf(call),
  run: call,
  expected: { _tag: "Shape" }
})

export const failsWith = (call: Call<unknown>, message: RegExp): Step => ({
  label: labelOf(call),
  run: call,
  expected: { _tag: "Error", message }
})

export interface Outcome {
  readonly label: string
  readonly value: unknown
}

/** What the steps gave, one after the other; `expected` is in the same form, to be compared. */
export const runSteps = (
  redis: RedisService,
  steps: ReadonlyArray<Step>
): Effect.Effect<{ readonly outcomes: ReadonlyArray<Outcome>; readonly expected: ReadonlyArray<Outcome> }> =>
  Effect.gen(function* () {
    const outcomes: Array<Outcome> = []
    const wanted: Array<Outcome> = []
    for (const { expected, label, run } of steps) {
      const result = yield* Effect.either(Effect.suspend(() => run(redis)))
      const value = Either.isLeft(result) ? failure(result.left.message) : result.right
      if (expected._tag === "Value") {
        outcomes.push({ label, value })
        wanted.push({ label, value: expected.value })
      } else if (expected._tag === "Error") {
        const isMeant = Either.isLeft(result) && expected.message.test(result.left.message)
        outcomes.push({ label, value: isMeant ? failure(String(expected.message)) : value })
        wanted.push({ label, value: failure(String(expected.message)) })
      } else {
        const isSeen = Either.isRight(result) && !isEmpty(value)
        outcomes.push({ label, value: isSeen ? shapeOf(value) : value })
        wanted.push({ label, value: isSeen ? shapeOf(value) : "a value with something in it" })
      }
    }
    return { outcomes, expected: wanted }
  })

/** A shape that says nothing. */
const isEmpty = (value: unknown): boolean =>
  value === undefined || (typeof value === "object" && value !== null && Object.keys(value).length === 0)

const failure = (message: string): { readonly failed: string } => ({ failed: message })

/** The types in a value: of an array those of its first item, of a record those of its fields by name. */
export const shapeOf = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return "bytes"
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])]
  if (typeof value !== "object" || value === null) return value === null ? null : typeof value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, field]) => [name, shapeOf(field)])
  )
}

/** A service that notes the name of every method that is taken from it. */
export const recording = (redis: RedisService, used: Set<string>): RedisService =>
  new Proxy(redis, {
    get: (target, name) => {
      if (typeof name === "string") used.add(name)
      return Reflect.get(target, name) as unknown
    }
  })
