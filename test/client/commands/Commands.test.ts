/** The API as a whole against the command table, the reply types and the documentation. */
import { describe, expect, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { join } from "node:path"
import { methodName } from "../../../src/client/commands/ArgumentSyntax.ts"
import { commandsWithMethod } from "../../../src/client/commands/CommandMethods.ts"
import { leftOff } from "../../../src/client/commands/LeftOff.ts"
import { replyTypes } from "../../../src/client/commands/ReplyTypes.ts"
import { serverReplyTypes } from "../../../src/client/commands/ServerReplyTypes.ts"
import * as FromResp from "../../../src/client/reply/FromResp.ts"
import { allCommands } from "../../../src/protocol/CommandTable.ts"
import { unsentRedis } from "../../support/UnsentRedis.ts"

const names = (): ReadonlyArray<string> => allCommands().map(({ name }) => name)

/** Of the service, apart from the commands. */
const OWN_MEMBERS = ["bytes", "call", "client", "executeMany", "returning", "withOptions"]

const membersOf = (object: object): ReadonlyArray<string> => {
  const members: Array<string> = []
  for (const name in object) members.push(name)
  return members
}

describe("the methods", () => {
  it("and the commands that are left off are together the command table", () => {
    expect([...commandsWithMethod, ...Object.keys(leftOff)].sort()).toEqual([...names()].sort())
  })

  it("leave off every command that is about its own connection, and every container that does nothing itself", () => {
    const expected = allCommands().filter(
      ({ arity, requestPolicy, subcommands }) =>
        requestPolicy === "session" || (subcommands !== undefined && arity <= -2)
    )
    expect(expected.map(({ name }) => name).sort()).toEqual(Object.keys(leftOff).sort())
    expect(Object.values(leftOff).filter((reason) => reason.length < 10)).toEqual([])
  })

  it("are what the service has, one for each command, under a name of its own", () => {
    const methods = commandsWithMethod.map(methodName)
    expect(new Set(methods).size).toBe(commandsWithMethod.length)
    expect(membersOf(unsentRedis).toSorted()).toEqual(
      [...methods, ...OWN_MEMBERS.filter((name) => name !== "bytes")].toSorted()
    )
    expect(membersOf(unsentRedis.bytes).toSorted()).toEqual([...methods].toSorted())
    expect(methods.filter((name) => OWN_MEMBERS.includes(name))).toEqual([])
  })

  it("have one entry each in the table of reply types, which has no others", () => {
    const data = Object.keys(replyTypes(FromResp.text, FromResp.text))
    const server = Object.keys(serverReplyTypes)
    expect(data.filter((name) => server.includes(name))).toEqual([])
    expect([...data, ...server].sort()).toEqual(commandsWithMethod.map(methodName).sort())
  })

  it("are made of camel case out of the names of commands", () => {
    expect(
      ["config|set", "eval_ro", "restore-asking", "cluster|count-failure-reports", "get"].map(methodName)
    ).toEqual(["configSet", "evalRo", "restoreAsking", "clusterCountFailureReports", "get"])
  })
})

describe("the generated files", () => {
  it("are what the documentation and the tables make of them", () => {
    const script = join(import.meta.dirname, "..", "..", "..", "scripts", "generate-commands.mjs")
    expect(() => execFileSync(process.execPath, [script, "--check"], { stdio: "pipe" })).not.toThrow()
  })
})
