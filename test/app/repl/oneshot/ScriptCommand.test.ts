import { expect, it } from "@effect/vitest"
import { scriptCommand } from "../../../../src/app/repl/oneshot/OneShot.ts"

const script = Buffer.from("return 1")

it.each([
  [[], [0]],
  [
    ["k1", "k2"],
    [2, "k1", "k2"]
  ],
  [
    ["k", ",", "a", ",", "b"],
    [1, "k", "a", ",", "b"]
  ],
  [
    [",", "a"],
    [0, "a"]
  ]
] as const)("keys stand in front of the first comma: %j", (words, expected) => {
  expect(scriptCommand(script, words)).toEqual(["EVAL", script, ...expected])
})
