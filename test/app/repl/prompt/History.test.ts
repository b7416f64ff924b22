import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as History from "../../../../src/app/repl/prompt/history/History.ts"
import { historyPath } from "../../../../src/app/repl/prompt/history/HistoryPath.ts"
import { isSecret } from "../../../../src/app/repl/prompt/history/SecretCommand.ts"

describe("isSecret", () => {
  it.each([
    "AUTH secret",
    "auth me secret",
    '"AUTH" secret',
    "5 AUTH secret",
    "ACL SETUSER me on >secret",
    "HELLO 3 AUTH me secret",
    "HELLO 3 SETNAME x auth me secret",
    'MIGRATE h 1 "" 0 5 AUTH secret KEYS a',
    "MIGRATE h 1 k 0 5 AUTH2 me secret",
    "CONFIG SET requirepass secret",
    "config set maxmemory 1 MasterAuth secret",
    "CONFIG SET tls-key-file-pass secret",
    "CONFIG SET tls-client-key-file-pass secret",
    "CONFIG SET masteruser me",
    "@all CONFIG SET requirepass secret",
    "explain AUTH secret",
    "SENTINEL SET mymaster auth-pass secret",
    'AUTH "secret',
    '"\\x41UTH" secret'
  ])("is said of %j", (line) => {
    expect(isSecret(line)).toBe(true)
  })

  it.each([
    "GET auth",
    "AUTH",
    "ACL WHOAMI",
    "ACL LIST",
    "CONFIG GET requirepass",
    "HELLO 3",
    "SET pass 1",
    ""
  ])("is not said of %j", (line) => {
    expect(isSecret(line)).toBe(false)
  })
})

describe("historyPath", () => {
  const path = (name: NodeJS.Platform, environment: Record<string, string> = {}) =>
    historyPath({ name, home: name === "win32" ? "C:\\Users\\me" : "/home/me", environment })

  it("is in the folder of the platform for state", () => {
    expect(path("linux")).toBe("/home/me/.local/state/redis-client/cli_history")
    expect(path("linux", { XDG_STATE_HOME: "/state" })).toBe("/state/redis-client/cli_history")
    expect(path("linux", { XDG_STATE_HOME: "state" })).toBe("/home/me/.local/state/redis-client/cli_history")
    expect(path("darwin")).toBe("/home/me/Library/Application Support/redis-client/cli_history")
    expect(path("win32")).toBe("C:\\Users\\me\\AppData\\Local\\redis-client\\cli_history")
    expect(path("win32", { LOCALAPPDATA: "D:\\local" })).toBe("D:\\local\\redis-client\\cli_history")
  })

  it("is where REDISCLI_HISTFILE says, which may be nowhere", () => {
    expect(path("linux", { REDISCLI_HISTFILE: "/tmp/h" })).toBe("/tmp/h")
    expect(path("linux", { REDISCLI_HISTFILE: "/dev/null" })).toBeUndefined()
  })
})

describe("History", () => {
  const folder = Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "history-"))),
    (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
  )

  it.scopedLive(
    "keeps lines, the latest first, and reads them again; secrets and repetitions are left out",
    () =>
      Effect.gen(function* () {
        const path = join(yield* folder, "deep", "file")
        const history = yield* History.make(path, () => {})
        for (const line of ["GET a", "GET a", "  ", "AUTH secret", "GET b", "GET a"]) yield* history.add(line)
        expect(history.lines).toEqual(["GET a", "GET b", "GET a"])
        expect(readFileSync(path, "utf8")).toBe("GET a\nGET b\nGET a\n")
        expect(statSync(path).mode & 0o777).toBe(0o600)
        expect((yield* History.make(path, () => {})).lines).toEqual(history.lines)
      })
  )

  it.scopedLive("closes a file that was open to others, and cuts one that has grown long", () =>
    Effect.gen(function* () {
      const path = join(yield* folder, "file")
      const lines = Array.from({ length: 5000 }, (_, index) => `GET ${index}`)
      writeFileSync(path, `${lines.join("\n")}\n`, { mode: 0o644 })
      const history = yield* History.make(path, () => {})
      expect(history.lines).toHaveLength(2000)
      expect(history.lines[0]).toBe("GET 4999")
      yield* history.add("PING")
      expect(statSync(path).mode & 0o777).toBe(0o600)
      expect(readFileSync(path, "utf8").split("\n")).toHaveLength(2002)
    })
  )

  it.scopedLive("says once that the file cannot be written, and goes on", () =>
    Effect.gen(function* () {
      const notices: Array<string> = []
      const history = yield* History.make(yield* folder, (text) => notices.push(text))
      yield* history.add("GET a")
      yield* history.add("GET b")
      expect(history.lines).toEqual(["GET b", "GET a"])
      expect(notices).toEqual([expect.stringMatching(/^the history cannot be written .*EISDIR/)])
    })
  )
})
