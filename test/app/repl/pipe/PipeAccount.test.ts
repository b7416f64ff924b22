import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import type { ReadCommand } from "../../../../src/app/repl/pipe/CommandReader.ts"
import { PipeAccount } from "../../../../src/app/repl/pipe/PipeAccount.ts"
import { answer } from "../../../../src/app/repl/session/SessionAnswer.ts"
import { ConnectionError } from "../../../../src/connection/ConnectionError.ts"
import * as Resp from "../../../../src/protocol/Resp.ts"

const command = (number: number): ReadCommand => ({
  number,
  problem: undefined,
  words: ["SET", "k", "a secret"],
  times: 1
})
const accountOf = () =>
  new PipeAccount(
    () => "command",
    () => 0
  )
const refusal = (text: string) => Either.right(answer(Resp.simpleError(text), "h:1"))

describe("PipeAccount", () => {
  it("counts every command once, as done or as an error with its number", () => {
    const account = accountOf()
    account.add(command(1), Either.right(answer(Resp.ok)))
    account.add(command(2), refusal("OOM command not allowed"))
    account.refuse(command(3), "Invalid argument(s)")
    account.end(undefined)
    expect(account.isClean).toBe(false)
    expect(account.document()).toMatchObject({
      sent: 2,
      ok: 1,
      errors: 2,
      complete: true,
      kinds: { OOM: 1, Invalid: 1 },
      failures: [
        { number: 2, command: "SET", message: "OOM command not allowed", node: "h:1" },
        { number: 3, command: "SET", message: "Invalid argument(s)", node: null }
      ]
    })
  })

  it("says what may have been done", () => {
    const account = accountOf()
    account.add(
      command(1),
      Either.left(
        new ConnectionError({
          reason: "Closed",
          sent: "maybe",
          node: "h:1",
          command: "SET",
          detail: "closed"
        })
      )
    )
    account.end(undefined)
    expect(account.text()).toContain("command 1: SET: perhaps done: ")
  })

  it("tells a hundred and counts the others", () => {
    const account = accountOf()
    for (let number = 1; number <= 250; number++) account.add(command(number), refusal("ERR no"))
    account.end(undefined)
    expect(account.text().split("\n")).toHaveLength(103)
    expect(account.text()).toContain("\nand 150 more")
    expect(account.document()).toMatchObject({ errors: 250, kinds: { ERR: 250 } })
  })

  it("never shows an argument, also when the server does", () => {
    const account = accountOf()
    account.add(command(1), refusal("ERR unknown command 'x', with args beginning with: 'a secret' "))
    account.end(undefined)
    expect(account.text() + JSON.stringify(account.document())).not.toContain("secret")
  })

  it("input that ended early is no clean end", () => {
    const account = accountOf()
    account.end("the input ends within command 3")
    expect(account.isClean).toBe(false)
    expect(account.document()).toMatchObject({ complete: false, problem: "the input ends within command 3" })
  })
})
