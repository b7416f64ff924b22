/** What `tunn` gives its operator: a password of its own, metrics, health. */
import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { createClient } from "redis"
import { STANDALONE_WITH_TLS_AND_PASSWORD, TestCluster, THREE_MASTERS } from "../support/TestCluster.ts"
import { plainClient, startTunnel, type TunnelRun } from "../support/TunnelRun.ts"

const METRICS = ["--metrics", "0"]

const fetchText = (tunnel: TunnelRun, path: string): Effect.Effect<{ status: number; text: string }> =>
  Effect.promise(async () => {
    const response = await fetch(`http://${tunnel.metrics}${path}`)
    return { status: response.status, text: await response.text() }
  })

const valueOf = (text: string, name: string): number | undefined => {
  const line = text.split("\n").find((line) => line.startsWith(`redis_tunnel_${name} `))
  return line === undefined ? undefined : Number(line.split(" ").at(-1))
}

layer(TestCluster.layer(STANDALONE_WITH_TLS_AND_PASSWORD), { excludeTestServices: true })(
  "of one server",
  (it) => {
    it.scoped("--listen-password: nothing gets through before it was said, whatever the server's own", () =>
      Effect.gen(function* () {
        const servers = yield* TestCluster
        const tunnel = yield* startTunnel(servers, ["--listen-password", "open sesame"])
        const client = yield* plainClient(tunnel.port)
        const refused = "-NOAUTH Authentication required.\r\n"
        expect(yield* client.ask("GET k\r\nPING\r\n", refused + refused)).toBe(refused + refused)
        const wrong = "-WRONGPASS invalid username-password pair or user is disabled.\r\n"
        expect(yield* client.ask("AUTH guess\r\n", wrong)).toBe(wrong)
        expect(yield* client.ask('AUTH other "open sesame"\r\n', wrong)).toBe(wrong)
        expect(yield* client.ask("AUTH\r\n", "-ERR")).toBe(
          "-ERR wrong number of arguments for 'auth' command\r\n"
        )
        // What comes with the password is the server's.
        expect(yield* client.ask('AUTH "open sesame"\r\nECHO x\r\n', "+OK\r\n$1\r\nx\r\n")).toBe(
          "+OK\r\n$1\r\nx\r\n"
        )
        const large = yield* plainClient(tunnel.port)
        expect(
          (yield* large.ask("*2\r\n$4\r\nAUTH\r\n$1000000\r\n", "-ERR")).startsWith(
            "-ERR Protocol error: unauth"
          )
        ).toBe(true)
        const name = yield* Effect.promise(async () => {
          const url = `redis://127.0.0.1:${tunnel.port}`
          const nodeRedis = await createClient({
            url,
            password: "open sesame",
            RESP: 3,
            name: "me"
          }).connect()
          const name = await nodeRedis.clientGetName()
          nodeRedis.destroy()
          return name
        })
        expect(name).toBe("me")
        yield* tunnel.signal("SIGTERM")
        const end = yield* tunnel.end
        expect(end.status).toBe(0)
        expect(end.stdout + end.stderr).not.toContain("sesame")
      })
    )

    it.scoped("--metrics: commands, errors, latency, clients, bytes; replies stay as they are", () =>
      Effect.gen(function* () {
        const servers = yield* TestCluster
        const tunnel = yield* startTunnel(servers, METRICS)
        expect(yield* fetchText(tunnel, "/healthz")).toEqual({ status: 200, text: "ok\n" })
        const client = yield* plainClient(tunnel.port)
        const value = "-MOVED 1 10.0.0.1:1"
        const expected = `+OK\r\n$${value.length}\r\n${value}\r\n-ERR value is not an integer or out of range\r\n`
        expect(yield* client.ask(`SET k "${value}"\r\nGET k\r\nINCR k\r\n`, expected)).toBe(expected)
        const { text } = yield* fetchText(tunnel, "/metrics")
        expect(valueOf(text, "clients")).toBe(1)
        expect(valueOf(text, 'commands_total{command="get"}')).toBe(1)
        expect(valueOf(text, 'command_errors_total{command="incr"}')).toBe(1)
        expect(valueOf(text, 'command_errors_total{command="get"}')).toBe(0)
        expect(valueOf(text, 'command_duration_seconds{command="set",quantile="0.99"}')).toBeGreaterThan(0)
        expect(valueOf(text, `node_commands_total{node="${servers.seed.address}"}`)).toBe(3)
        expect(valueOf(text, "sent_bytes_total")).toBe(expected.length)
        expect((yield* fetchText(tunnel, "/")).status).toBe(404)
        yield* servers.kill(servers.nodes[0])
        const ill = yield* fetchText(tunnel, "/healthz")
        expect(ill).toMatchObject({ status: 503, text: expect.stringContaining(servers.seed.address) })
        yield* servers.restart(servers.nodes[0])
      })
    )
  }
)

layer(TestCluster.layer(THREE_MASTERS), { excludeTestServices: true })("of a cluster", (it) => {
  it.scoped("pinned: redirections, and each node's part", () =>
    Effect.gen(function* () {
      const servers = yield* TestCluster
      const tunnel = yield* startTunnel(servers, ["--tunnel-mode", "pinned", ...METRICS])
      expect((yield* fetchText(tunnel, "/healthz")).status).toBe(200)
      for (const door of tunnel.doors) {
        const client = yield* plainClient(door.port)
        client.socket.write("GET k\r\nPING\r\n")
        yield* client.until((received) => received.endsWith("+PONG\r\n"))
      }
      const { text } = yield* fetchText(tunnel, "/metrics")
      expect(valueOf(text, 'redirections_total{kind="moved"}')).toBe(2)
      for (const { node } of tunnel.doors) {
        expect(valueOf(text, `node_commands_total{node="${node}"}`)).toBe(2)
        expect(valueOf(text, `node_connections{node="${node}",kind="private"}`)).toBe(1)
      }
      // One command in 64 is timed.
      const timed = tunnel.doors.map(({ node }) =>
        valueOf(text, `node_duration_seconds_count{node="${node}"}`)
      )
      expect(timed.filter((count) => count === 1)).toHaveLength(1)
    })
  )

  it.scoped("smart: the same for the proxy, and its password", () =>
    Effect.gen(function* () {
      const servers = yield* TestCluster
      const tunnel = yield* startTunnel(servers, ["--listen-password", "open sesame", ...METRICS])
      const client = yield* plainClient(tunnel.port)
      const refused = "-NOAUTH Authentication required.\r\n"
      expect(yield* client.ask("GET a\r\n", refused)).toBe(refused)
      const wrong = "-WRONGPASS invalid username-password pair or user is disabled.\r\n"
      expect(yield* client.ask("AUTH guess\r\n", wrong)).toBe(wrong)
      expect(yield* client.ask('AUTH "open sesame"\r\n', "+OK\r\n")).toBe("+OK\r\n")
      yield* client.ask("SET a 1\r\nSET b 1\r\nSET c 1\r\n", "+OK\r\n".repeat(3))
      const { text } = yield* fetchText(tunnel, "/metrics")
      expect(valueOf(text, 'commands_total{command="set"}')).toBe(3)
      const perNode = servers.masters.map(
        ({ address }) => valueOf(text, `node_commands_total{node="${address}"}`) ?? 0
      )
      expect(perNode.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(3)
      const keys = Array.from({ length: 64 }, () => "GET a\r\n").join("")
      yield* client.ask(keys, "$1\r\n1\r\n".repeat(64))
      const { text: later } = yield* fetchText(tunnel, "/metrics")
      const timed = servers.masters.map(
        ({ address }) => valueOf(later, `node_duration_seconds_count{node="${address}"}`) ?? 0
      )
      expect(timed.reduce((sum, count) => sum + count, 0)).toBe(1)
    })
  )
})
