/** The prompt of `cli` on a real terminal, in front of real servers. */
import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { isRunning } from "../support/ProcessState.ts"
import { plain } from "../support/SessionFixture.ts"
import { KEY, pasted, startTerminal } from "../support/TerminalRun.ts"
import {
  answerOf,
  STANDALONE,
  STANDALONE_WITH_TLS_AND_PASSWORD,
  TEST_PASSWORD,
  TestCluster,
  THREE_MASTERS
} from "../support/TestCluster.ts"

const CRASH_ON_SIGUSR2 = "data:text/javascript,process.on('SIGUSR2',()=>{throw(new(Error)('crash'))})"

const startPrompt = (
  options: { readonly args?: ReadonlyArray<string>; readonly environment?: Record<string, string> } = {}
) =>
  Effect.gen(function* () {
    const servers = yield* TestCluster
    yield* servers.flush
    const folder = yield* Effect.acquireRelease(
      Effect.sync(() => mkdtempSync(join(tmpdir(), "prompt-"))),
      (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
    )
    const history = join(folder, "history")
    const address = `127.0.0.1:${servers.seed.port}`
    const start = startTerminal(["cli", "-h", address, ...(options.args ?? [])], {
      REDISCLI_HISTFILE: history,
      ...options.environment
    })
    const terminal = yield* start
    yield* terminal.see("> ")
    return { servers, server: servers.masters[0], terminal, history, address, again: start }
  })

layer(TestCluster.layer(STANDALONE), { excludeTestServices: true, timeout: "60 seconds" })(
  "the prompt on one server",
  (it) => {
    it.scoped("answers as redis-cli does on a terminal, and leaves it as it was", () =>
      Effect.gen(function* () {
        const { address, terminal } = yield* startPrompt()
        yield* terminal.see(`${address}> `)
        yield* terminal.say('SET greeting "hello\\nworld"', "OK")
        yield* terminal.say("GET greeting", '"hello\\nworld"')
        yield* terminal.say("LRANGE none 0 -1", "(empty array)")
        yield* terminal.say("LPUSH greeting x", "(error) WRONGTYPE")
        yield* terminal.say('GET "open', "Invalid argument(s)")
        yield* terminal.say("3 INCR n", "(integer) 3")
        yield* terminal.say("SELECT 2", `${address}[2]> `)
        yield* terminal.say("MULTI", `${address}[2](TX)> `)
        yield* terminal.say("SET a 1", "QUEUED")
        yield* terminal.say("EXEC", "1) OK")
        yield* terminal.press("exit" + KEY.enter)
        expect(yield* terminal.end).toEqual({ status: 0, isRestored: true })
      })
    )

    it.scoped("edits the line, remembers it, and finds it again", () =>
      Effect.gen(function* () {
        const { again, history, terminal } = yield* startPrompt()
        yield* terminal.press("GETT" + KEY.backspace + " lost")
        yield* terminal.press("\u0017key" + KEY.home + KEY.enter)
        yield* terminal.see("(nil)")
        yield* terminal.say("SET key first", "OK")
        yield* terminal.say("SET key second", /second\n[^]*OK/)
        yield* terminal.press(KEY.up + KEY.up + KEY.up)
        yield* terminal.see((screen) => screen.line.endsWith("> GET key"))
        yield* terminal.press(KEY.enter)
        yield* terminal.see('"second"')
        yield* terminal.press(KEY.ctrlR + "first")
        yield* terminal.see("(reverse-i-search)'first': SET key first")
        yield* terminal.press(KEY.enter)
        yield* terminal.say("GET key", '"first"')
        yield* terminal.press(KEY.ctrlR + "SET")
        yield* terminal.see("'SET': SET key first")
        yield* terminal.press(KEY.ctrlR)
        yield* terminal.see("'SET': SET key second")
        yield* terminal.press(KEY.ctrlC)
        yield* terminal.see((screen) => screen.line.endsWith("> "))
        yield* terminal.press(KEY.ctrlD)
        expect(yield* terminal.end).toEqual({ status: 0, isRestored: true })
        expect(readFileSync(history, "utf8").split("\n").slice(0, 3)).toEqual([
          "GET key",
          "SET key first",
          "SET key second"
        ])
        const next = yield* again
        yield* next.see("> ")
        yield* next.press(KEY.up)
        yield* next.see((screen) => screen.line.endsWith("> GET key"))
      })
    )

    it.scoped("edits in the middle, and a line that is longer than the terminal is wide", () =>
      Effect.gen(function* () {
        const { address, server, terminal } = yield* startPrompt()
        yield* terminal.press(`SET key v-${"x".repeat(90)}`)
        yield* terminal.see((screen) => screen.line.includes("xxx [NX|XX]"))
        yield* terminal.press(`${KEY.home}${"\u001b[C".repeat("SET key v".length)}`)
        yield* terminal.press("alue")
        yield* terminal.see("SET key value-")
        yield* terminal.press(KEY.ctrlR + "nothing")
        yield* terminal.see("(failed reverse-i-search)'nothing'")
        yield* terminal.press(KEY.ctrlC)
        yield* terminal.see("SET key value-")
        expect(terminal.screen.text.split(address)).toHaveLength(2)
        yield* terminal.press(KEY.enter)
        yield* terminal.see("OK")
        expect(plain(yield* answerOf(server, "GET", "key"))).toBe(`value-${"x".repeat(90)}`)
      })
    )

    it.scoped("never writes a secret down, in a file that is the owner's alone", () =>
      Effect.gen(function* () {
        const { history, server, terminal } = yield* startPrompt()
        yield* answerOf(server, "ACL", "SETUSER", "alice", "on", ">open-sesame", "~*", "&*", "+@all")
        yield* terminal.say("SET before 1", "OK")
        yield* terminal.say("AUTH alice open-sesame", "alice@")
        yield* terminal.say("HELLO 2 AUTH alice open-sesame", /proto/)
        yield* terminal.say("ACL SETUSER bob >open-sesame", /OK\n[^]*OK/)
        yield* terminal.say("CONFIG SET masterauth open-sesame", "> CONFIG SET masterauth")
        yield* terminal.say("CONFIG SET masterauth ''", /OK/)
        yield* terminal.say("MIGRATE 127.0.0.1 1 key 0 10 AUTH open-sesame", "NOKEY")
        yield* terminal.say("GET after", "(nil)")
        yield* terminal.press(KEY.up)
        yield* terminal.see((screen) => screen.line.includes("> GET after"))
        yield* terminal.press(KEY.up)
        yield* terminal.see((screen) => screen.line.includes("> SET before 1"))
        expect(readFileSync(history, "utf8")).toBe("SET before 1\nGET after\n")
        expect(statSync(history).mode & 0o777).toBe(0o600)
      })
    )

    it.scoped("completes names, options and keys, and hints at what comes next", () =>
      Effect.gen(function* () {
        const { server, terminal } = yield* startPrompt()
        yield* answerOf(server, "SET", "user:1000:name", "Ada")
        yield* answerOf(server, "SET", "odd key", "1")
        yield* terminal.press("hgeta")
        yield* terminal.press(KEY.tab)
        yield* terminal.see((screen) => screen.line.endsWith("> hgetall key"))
        yield* terminal.press("h ")
        yield* terminal.see((screen) => screen.line.endsWith("> hgetall h "))
        yield* terminal.press(KEY.ctrlC + "config re")
        yield* terminal.press(KEY.tab)
        yield* terminal.press(KEY.tab)
        yield* terminal.see(/resetstat +rewrite/)
        yield* terminal.press(KEY.ctrlC + "SET k v KEEP")
        yield* terminal.press(KEY.tab)
        yield* terminal.see((screen) => screen.line.endsWith("> SET k v KEEPTTL [NX|XX] [GET]"))
        yield* terminal.press(KEY.ctrlC + "CONFIG GET maxmemory-p")
        yield* terminal.press(KEY.tab)
        yield* terminal.see((screen) => screen.line.includes("> CONFIG GET maxmemory-policy "))
        yield* terminal.press(KEY.ctrlC + "GET user:")
        yield* terminal.press(KEY.tab)
        yield* terminal.see((screen) => screen.line.endsWith("> GET user:1000:name"))
        yield* terminal.press(KEY.enter)
        yield* terminal.see('"Ada"')
        yield* terminal.press("GET odd")
        yield* terminal.press(KEY.tab)
        yield* terminal.see((screen) => screen.line.endsWith('> GET "odd key"'))
        yield* terminal.press(KEY.enter)
        yield* terminal.see('"1"')
        expect(terminal.screen.text).not.toContain("SET k v KEEPTTL [NX|XX] [GET] [")
      })
    )

    it.scoped("takes what is pasted as lines, and a line end between quotes as part of a word", () =>
      Effect.gen(function* () {
        const { server, terminal } = yield* startPrompt()
        yield* terminal.press(pasted('SET a 1\nSET b "two\nlines"\r\nINCR a\nGET '))
        yield* terminal.see((screen) => screen.text.includes("(integer) 2") && screen.line.includes("> GET"))
        yield* terminal.press("b" + KEY.enter)
        yield* terminal.see('"two\\nlines"')
        expect(plain(yield* answerOf(server, "GET", "b"))).toBe("two\nlines")
      })
    )

    it.scoped("Ctrl-C cancels a line, a command that waits, a subscription and MONITOR, and goes on", () =>
      Effect.gen(function* () {
        const { server, terminal } = yield* startPrompt()
        yield* terminal.press("SET never 1")
        yield* terminal.see("SET never 1")
        yield* terminal.press(KEY.ctrlC)
        yield* terminal.see("SET never 1^C")
        yield* terminal.press("BLPOP list 0" + KEY.enter)
        const blocked = Effect.map(answerOf(server, "INFO", "clients"), (info) =>
          String(plain(info)).includes("blocked_clients:1")
        )
        yield* Effect.repeat(blocked, { until: (isBlocked) => isBlocked })
        yield* terminal.press(KEY.ctrlC)
        yield* terminal.see(/BLPOP list 0\n\^C\n[^]*> $/)
        yield* terminal.say("SUBSCRIBE news", '1) "subscribe"\n2) "news"\n3) (integer) 1')
        yield* answerOf(server, "PUBLISH", "news", "hello")
        yield* terminal.see('1) "message"\n2) "news"\n3) "hello"')
        yield* terminal.press(KEY.ctrlC)
        yield* terminal.say("PING", "PONG")
        yield* terminal.say("MONITOR", "OK")
        yield* answerOf(server, "SET", "watched", "1")
        yield* terminal.see('"SET" "watched" "1"')
        yield* terminal.press(KEY.ctrlC)
        yield* terminal.say("EXISTS never", "(integer) 0")
      })
    )

    it.scoped("says that the server is gone, and goes on when it is back", () =>
      Effect.gen(function* () {
        const { address, server, servers, terminal } = yield* startPrompt()
        yield* terminal.say("SELECT 3", `${address}[3]> `)
        yield* terminal.press("SET half")
        yield* terminal.see("SET half")
        yield* servers.kill(server)
        yield* terminal.see((screen) => screen.line.startsWith("not connected> SET half"))
        expect(terminal.screen.text).toContain("the connection was lost")
        yield* terminal.say(" done", "connection refused")
        yield* servers.restart(server)
        yield* terminal.say("SET k back", /connected again, database 3/)
        yield* terminal.say("GET k", '"back"')
        yield* terminal.see((screen) => screen.line.startsWith(`${address}[3]> `))
      })
    )

    it.scoped("asks before a command that one may regret", () =>
      Effect.gen(function* () {
        const { server, terminal } = yield* startPrompt()
        yield* answerOf(server, "SET", "precious", "1")
        yield* terminal.say("FLUSHALL", "FLUSHALL deletes every key of every database. Go on? [y/N] ")
        yield* terminal.press(KEY.up)
        yield* terminal.see((screen) => screen.line.endsWith("> "))
        yield* terminal.say("KEYS *", /KEYS looks at every key .* Go on\?/)
        yield* terminal.press("y")
        yield* terminal.see('1) "precious"')
        yield* terminal.press("FLUSHDB" + KEY.enter)
        yield* terminal.see("FLUSHDB deletes")
        yield* terminal.press("y")
        yield* terminal.say("DBSIZE", "(integer) 0")
      })
    )

    it.scoped("helps, changes the format, shows the history, clears the screen, pages", () =>
      Effect.gen(function* () {
        const { terminal } = yield* startPrompt({ environment: { PAGER: "sed s/^/paged:/" } })
        yield* terminal.say("help set", "summary: Set the string value of a key")
        expect(terminal.screen.text).toContain("complexity: O(1)")
        expect(terminal.screen.text).toContain("since: 1.0.0")
        yield* terminal.say("help @hyperloglog", "PFCOUNT")
        yield* terminal.say(":set format json", "> ")
        yield* terminal.say("MGET a b", "[null,null]")
        yield* terminal.say(":set format text", "> ")
        yield* terminal.say(":set pager on", "> ")
        yield* terminal.say("5 RPUSH l a b c d e f g h i j", "(integer) 50")
        yield* terminal.say("LRANGE l 0 -1", 'paged:50) "j"')
        yield* terminal.say("LRANGE l 0 1", /\n1\) "a"/)
        yield* terminal.say(":history 2", "LRANGE l 0 1\n:history 2")
        yield* terminal.press("clear" + KEY.enter)
        yield* terminal.see((screen) => !screen.visible.includes("LRANGE"))
      })
    )

    it.scoped("shows no colours with NO_COLOR, and commands in colour without", () =>
      Effect.gen(function* () {
        const coloured = yield* startPrompt()
        yield* coloured.terminal.say("GET k", "(nil)")
        expect(coloured.terminal.output()).toContain("\u001b[32mGET\u001b[0m")
        const plainly = yield* startPrompt({ environment: { NO_COLOR: "1" } })
        yield* plainly.terminal.say("GET k", "(nil)")
        expect(plainly.terminal.output()).not.toMatch(/\u001b\[[0-9;]+m/)
      })
    )

    for (const [how, leave, status] of [
      ["SIGTERM", "SIGTERM", 143],
      ["SIGHUP", "SIGHUP", 129],
      ["SIGINT from elsewhere", "SIGINT", 130],
      ["a crash", "SIGUSR2", 1],
      ["Ctrl-D", KEY.ctrlD, 0],
      ["quit", "quit" + KEY.enter, 0]
    ] as const) {
      it.scoped(`restores the terminal after ${how}`, () =>
        Effect.gen(function* () {
          const { terminal } = yield* startPrompt({
            environment: { NODE_OPTIONS: `--import ${CRASH_ON_SIGUSR2}` }
          })
          yield* terminal.press("SET half")
          yield* terminal.see("SET half")
          if (!leave.startsWith("SIG")) yield* terminal.press(KEY.ctrlC)
          yield* leave.startsWith("SIG") ? terminal.signal(leave as NodeJS.Signals) : terminal.press(leave)
          expect(yield* terminal.end).toEqual({ status, isRestored: true })
          expect(terminal.output()).toMatch(/\u001b\[\?2004l[^]*<ended/)
        })
      )
    }

    it.scoped("ends when its terminal is closed", () =>
      Effect.gen(function* () {
        const { terminal } = yield* startPrompt()
        const pid = yield* terminal.pid
        yield* terminal.hangUp
        yield* Effect.repeat(
          Effect.delay(
            Effect.sync(() => isRunning(pid)),
            "10 millis"
          ),
          { until: (runs) => !runs }
        )
      })
    )
  }
)

layer(TestCluster.layer(STANDALONE_WITH_TLS_AND_PASSWORD), {
  excludeTestServices: true,
  timeout: "60 seconds"
})("the prompt on a server with TLS and a password", (it) => {
  it.scoped("asks for the password when the server wants one", () =>
    Effect.gen(function* () {
      const { seed, tls } = yield* TestCluster
      const terminal = yield* startTerminal(
        ["cli", "-h", `127.0.0.1:${seed.port}`, "-t", "--cacert", tls!.files.ca],
        { REDISCLI_HISTFILE: "/dev/null" }
      )
      yield* terminal.see("the server asks for a password")
      yield* terminal.see("Password: ")
      yield* terminal.press(TEST_PASSWORD + KEY.enter)
      yield* terminal.see("> ")
      yield* terminal.say("PING", "PONG")
      expect(terminal.output()).not.toContain("sesame")
      yield* terminal.press(KEY.ctrlD)
      expect(yield* terminal.end).toEqual({ status: 0, isRestored: true })
    })
  )
})

layer(TestCluster.layer(THREE_MASTERS), { excludeTestServices: true, timeout: "90 seconds" })(
  "the prompt on a cluster",
  (it) => {
    it.scoped("says where it is, which node answered, and flags keys of another slot", () =>
      Effect.gen(function* () {
        const { address, servers, terminal } = yield* startPrompt({ args: ["-c"] })
        yield* terminal.see(`${address} cluster> `)
        const owner = servers.masterOf(16287).address
        yield* terminal.say("SET {x}1 a", `-> slot 16287 at ${owner}`)
        yield* terminal.see(`${owner} cluster> `)
        yield* terminal.say("MULTI", "(TX)> ")
        yield* terminal.say("SET {x}1 b", "QUEUED")
        yield* terminal.press("SET {y}1 b")
        yield* terminal.see(() => terminal.output().includes("\u001b[31m{y}1\u001b[0m"))
        yield* terminal.press(KEY.enter)
        yield* terminal.see("(error) CROSSSLOT the transaction is on slot 16287")
        yield* terminal.say("EXEC", "(error) EXECABORT")
        yield* terminal.say("@masters DBSIZE", servers.masters[2].address)
        yield* terminal.press("GET {x")
        yield* terminal.press(KEY.tab)
        yield* terminal.see((screen) => screen.line.endsWith("> GET {x}1"))
        yield* terminal.press(KEY.enter)
        yield* terminal.see('"a"')
      })
    )
  }
)
