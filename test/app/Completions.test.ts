import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawnSync } from "node:child_process"
import { loadAll } from "../../src/app/Commands.ts"
import { completionScript } from "../../src/app/Completions.ts"
import { PROGRAM_NAME } from "../../src/app/Program.ts"

const root = await loadAll()

/** What bash offers for the last of these words. */
const offered = (script: string, ...words: ReadonlyArray<string>): ReadonlyArray<string> => {
  const program = [
    script,
    `COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")})`,
    `COMP_CWORD=${words.length - 1}`,
    `_${PROGRAM_NAME}_bash_completions ${PROGRAM_NAME} '${words.at(-1)}' '${words.at(-2)}'`,
    `printf '%s\\n' "\${COMPREPLY[@]}"`
  ].join("\n")
  const { status, stderr, stdout } = spawnSync("bash", ["-c", program], { encoding: "utf8" })
  expect(stderr).toBe("")
  expect(status).toBe(0)
  return stdout.trim().split("\n")
}

describe("Completions", () => {
  it.effect("bash completes commands, their options, and the values of a choice", () =>
    Effect.gen(function* () {
      const script = yield* completionScript(root, PROGRAM_NAME, "bash")
      expect(offered(script, PROGRAM_NAME, "fi")).toEqual(["fill"])
      expect(offered(script, PROGRAM_NAME, "fill", "--va")).toEqual(["--value-size"])
      expect(offered(script, PROGRAM_NAME, "sandbox", "--mas")).toEqual(["--masters"])
      expect(offered(script, PROGRAM_NAME, "fill", "--replies", "o")).toEqual(["on", "off"])
      expect(offered(script, PROGRAM_NAME, "fill", "-h")).toEqual(["-h"])
      expect(offered(script, PROGRAM_NAME, "sandbox", "-h")).toEqual([""])
    })
  )

  it.effect("no shell is told that -h is for help", () =>
    Effect.gen(function* () {
      expect(yield* completionScript(root, PROGRAM_NAME, "zsh")).not.toContain("'-h[Show the help")
      const fish = yield* completionScript(root, PROGRAM_NAME, "fish")
      expect(fish).not.toContain("-s h -l help")
      expect(fish).toContain("-s h -l host")
    })
  )
})
