import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { askPassword, PasswordLine } from "../../src/app/AskPassword.ts"

const type = (text: string): readonly [state: string, password: string] => {
  const line = new PasswordLine()
  let state = "more"
  for (const character of text) {
    state = line.type(character)
    if (state !== "more") break
  }
  return [state, Redacted.value(line.password)]
}

describe("AskPassword", () => {
  it.each([
    ["sesame\r", "done", "sesame"],
    ["a b\tc\n", "done", "a bc"],
    ["abx\u007fc\r", "done", "abc"],
    ["ü😀\b\r", "done", "ü"],
    ["wrong\u0015right\r", "done", "right"],
    ["\u007f\r", "done", ""],
    ["abc\u0003", "left", "abc"],
    ["\u0004", "left", ""],
    ["ab\u0004c\r", "done", "abc"]
  ])("%j ends as %s", (typed, state, password) => {
    expect(type(typed)).toEqual([state, password])
  })

  it.effect("is refused without a terminal", () =>
    Effect.gen(function* () {
      const wasTerminal = process.stdin.isTTY
      process.stdin.isTTY = false
      const error = yield* Effect.flip(askPassword)
      process.stdin.isTTY = wasTerminal
      expect(error).toMatchObject({
        _tag: "CommandLineError",
        message: expect.stringContaining("REDISCLI_AUTH")
      })
    })
  )
})
