/** `tunn -t`: a plain port to a TLS server, as clients and a shell see it. */
import { describe, expect, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Redis as Ioredis } from "ioredis-6"
import { mkdtempSync } from "node:fs"
import * as net from "node:net"
import { join } from "node:path"
import * as tls from "node:tls"
import { createClient } from "redis"
import { makeCertificates, writeCertificates } from "../../src/app/sandbox/Certificates.ts"
import { runProgram } from "../support/ProgramRun.ts"
import {
  answerOf,
  startTestServers,
  STANDALONE_WITH_TLS_AND_PASSWORD,
  TEST_PASSWORD,
  TestCluster
} from "../support/TestCluster.ts"
import { plainClient, startTunnel } from "../support/TunnelRun.ts"

const CLIENTS = 200
const encode = (...words: ReadonlyArray<string>): string =>
  `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join("")}`

layer(TestCluster.layer(STANDALONE_WITH_TLS_AND_PASSWORD), { excludeTestServices: true })(
  "in front of a TLS server with a password",
  (it) => {
    it.scoped("logs in for the client, and says where it listens", () =>
      Effect.gen(function* () {
        const servers = yield* TestCluster
        const tunnel = yield* startTunnel(servers)
        expect(tunnel.doors).toEqual([
          {
            address: `127.0.0.1:${tunnel.port}`,
            host: "127.0.0.1",
            port: tunnel.port,
            node: servers.seed.address
          }
        ])
        const client = yield* plainClient(tunnel.port)
        // The name is the client's own: nothing of the tunnel's is left on its connection.
        expect(yield* client.ask("PING\r\nCLIENT GETNAME\r\n", "+PONG\r\n$-1\r\n")).toBe("+PONG\r\n$-1\r\n")
      })
    )

    it.scoped("carries bytes as they are, both ways at once, and what a client sends before it ends", () =>
      Effect.gen(function* () {
        const servers = yield* TestCluster
        const tunnel = yield* startTunnel(servers)
        const client = yield* plainClient(tunnel.port)
        const value = Array.from({ length: 300_000 }, (_, index) =>
          String.fromCharCode((index * 7) % 256)
        ).join("")
        const words = ["SET", "bytes", value]
        const set = `*3\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join("")}`
        client.socket.write(set.repeat(20) + "GET bytes\r\n".repeat(20), "latin1")
        client.socket.end()
        const reply = `$${value.length}\r\n${value}\r\n`
        expect((yield* client.end) === "+OK\r\n".repeat(20) + reply.repeat(20)).toBe(true)
      })
    )

    it.scoped("a client that does not read holds nobody else up, and the server's replies wait", () =>
      Effect.gen(function* () {
        const servers = yield* TestCluster
        const tunnel = yield* startTunnel(servers)
        yield* answerOf(servers.nodes[0], "SET", "large", Buffer.alloc(1024 * 1024, "x"))
        const stalled = yield* plainClient(tunnel.port)
        stalled.socket.pause()
        stalled.socket.write("GET large\r\n".repeat(64))
        const other = yield* plainClient(tunnel.port)
        for (let turn = 0; turn < 50; turn++) {
          expect(yield* other.ask("PING\r\n", "+PONG\r\n")).toBe("+PONG\r\n")
        }
        stalled.socket.resume()
        const reply = 1024 * 1024 + "$1048576\r\n\r\n".length
        const all = yield* stalled.until((received) => received.length >= 64 * reply)
        expect(all.length).toBe(64 * reply)
      })
    )

    it.scoped(`ordinary clients: strings, pipelines, transactions, pub/sub; ${CLIENTS} at once`, () =>
      Effect.gen(function* () {
        const servers = yield* TestCluster
        const { port } = yield* startTunnel(servers)
        const ioredis = yield* Effect.acquireRelease(
          Effect.sync(() => new Ioredis({ port })),
          (client) => Effect.sync(() => client.disconnect())
        )
        const nodeRedis = yield* Effect.acquireRelease(
          Effect.promise(() => createClient({ url: `redis://127.0.0.1:${port}`, RESP: 3 }).connect()),
          (client) => Effect.sync(() => client.destroy())
        )
        yield* Effect.promise(async () => {
          expect(await ioredis.set("a", "1")).toBe("OK")
          expect(await ioredis.multi().incr("a").get("a").exec()).toEqual([
            [null, 2],
            [null, "2"]
          ])
          expect(await nodeRedis.hSet("h", { f: "v" })).toBe(1)
          expect(await nodeRedis.hGetAll("h")).toMatchObject({ f: "v" })
          const heard = new Promise((resolve) => void ioredis.on("message", (_, message) => resolve(message)))
          await ioredis.subscribe("ch")
          expect(await nodeRedis.publish("ch", "hello")).toBe(1)
          expect(await heard).toBe("hello")
        })
        const clients = yield* Effect.forEach(Array.from({ length: CLIENTS }), () => plainClient(port), {
          concurrency: "unbounded"
        })
        const replies = yield* Effect.forEach(
          clients,
          (client, index) => client.ask(encode("ECHO", String(1000 + index)), "$4\r\n1000\r\n"),
          { concurrency: "unbounded" }
        )
        expect(replies).toEqual(clients.map((_, index) => `$4\r\n${1000 + index}\r\n`))
      })
    )

    it.scoped("SIGTERM: what is in flight is answered, then the connection ends, with status 0", () =>
      Effect.gen(function* () {
        const servers = yield* TestCluster
        const tunnel = yield* startTunnel(servers)
        const idle = yield* plainClient(tunnel.port)
        yield* idle.ask("PING\r\n", "+PONG\r\n")
        const waiting = yield* plainClient(tunnel.port)
        yield* waiting.ask("PING\r\n", "+PONG\r\n")
        waiting.socket.write("BLPOP awaited 0\r\n")
        const clients = yield* plainClient(tunnel.port)
        while (!(yield* clients.ask("CLIENT LIST\r\n", "$")).includes("cmd=blpop")) yield* Effect.yieldNow()
        yield* tunnel.signal("SIGTERM")
        // The idle one is ended at once; by then nobody else is let in.
        expect(yield* idle.end).toBe("+PONG\r\n")
        const late = yield* plainClient(tunnel.port)
        expect(yield* late.end).toBe("")
        yield* answerOf(servers.nodes[0], "RPUSH", "awaited", "x")
        expect(yield* waiting.end).toBe("+PONG\r\n*2\r\n$7\r\nawaited\r\n$1\r\nx\r\n")
        expect(yield* tunnel.end).toMatchObject({ status: 0, signal: null, stderr: "" })
      })
    )

    it.scoped("TLS of its own, and a limit on clients", () =>
      Effect.gen(function* () {
        const servers = yield* TestCluster
        const certificates = yield* Effect.orDie(makeCertificates)
        // Not in the servers' own folder, where the authority has the same file name.
        const folder = mkdtempSync(join(servers.folder, "tunnel-"))
        const files = writeCertificates(folder, certificates)
        const tunnel = yield* startTunnel(servers, [
          "--listen-tls",
          "--listen-cert",
          files.serverCert,
          "--listen-key",
          files.serverKey,
          "--max-clients",
          "1"
        ])
        const secure = (port: number) => tls.connect({ port, host: "127.0.0.1", ca: certificates.ca })
        const first = yield* plainClient(tunnel.port, secure)
        expect(yield* first.ask("PING\r\n", "+PONG\r\n")).toBe("+PONG\r\n")
        const second = yield* plainClient(tunnel.port, secure)
        expect(yield* second.end).toBe("-ERR max number of clients reached\r\n")
        first.socket.end()
        yield* first.end
        const third = yield* plainClient(tunnel.port, secure)
        expect(yield* third.ask("PING\r\n", "+PONG\r\n")).toBe("+PONG\r\n")
      })
    )

    it.scoped("a port that is taken: status 1; a server that cannot be trusted: status 3", () =>
      Effect.gen(function* () {
        const servers = yield* TestCluster
        const taken = yield* Effect.acquireRelease(
          Effect.async<net.Server>((resume) => {
            const server = net.createServer().listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
          }),
          (server) => Effect.sync(() => server.close())
        )
        const { port } = taken.address() as net.AddressInfo
        const tunn = ["tunn", "-t", "-h", servers.seed.address, "--listen", String(port)]
        const environment = { REDISCLI_AUTH: TEST_PASSWORD }
        const end = yield* runProgram([...tunn, "--cacert", servers.tls!.files.ca], environment)
        expect(end).toMatchObject({ status: 1, stdout: "" })
        expect(end.stderr).toBe(
          `redis-client: tunn: cannot listen at 127.0.0.1:${port}: the port is in use; choose another with --listen\n`
        )
        expect((yield* runProgram(tunn, environment)).status).toBe(3)
      })
    )
  }
)

describe("the server", () => {
  it.scopedLive("is gone: the client is told, and served again once it is back", () =>
    Effect.gen(function* () {
      const servers = yield* startTestServers(STANDALONE_WITH_TLS_AND_PASSWORD)
      const tunnel = yield* startTunnel(servers)
      const before = yield* plainClient(tunnel.port)
      yield* before.ask("PING\r\n", "+PONG\r\n")
      yield* servers.kill(servers.nodes[0])
      yield* before.end
      const meanwhile = yield* plainClient(tunnel.port)
      expect(yield* meanwhile.end).toMatch(/^-ERR tunnel: 127\.0\.0\.1:\d+: CONNECT failed [^\r\n]+\r\n$/)
      yield* servers.restart(servers.nodes[0])
      const after = yield* plainClient(tunnel.port)
      expect(yield* after.ask("PING\r\n", "+PONG\r\n")).toBe("+PONG\r\n")
    })
  )

  it.scopedLive("refuses the password later: the client is told, without it", () =>
    Effect.gen(function* () {
      const servers = yield* startTestServers(STANDALONE_WITH_TLS_AND_PASSWORD)
      const tunnel = yield* startTunnel(servers)
      yield* answerOf(servers.nodes[0], "CONFIG", "SET", "requirepass", "another")
      const client = yield* plainClient(tunnel.port)
      const said = yield* client.end
      expect(said).toMatch(/^-ERR tunnel: [^\r\n]+refused the user name or password\r\n$/)
      expect(said).not.toContain(TEST_PASSWORD)
    })
  )

  it.scopedLive("asks for a password that the tunnel does not have: clients log in by themselves", () =>
    Effect.gen(function* () {
      const servers = yield* startTestServers(STANDALONE_WITH_TLS_AND_PASSWORD)
      const tunnel = yield* startTunnel(servers, [], { REDISCLI_AUTH: undefined })
      const client = yield* plainClient(tunnel.port)
      const refused = "-NOAUTH Authentication required.\r\n"
      expect(yield* client.ask("PING\r\n", refused)).toBe(refused)
      const password = Buffer.from(TEST_PASSWORD).toString("latin1")
      expect(yield* client.ask(`*2\r\n$4\r\nAUTH\r\n$${password.length}\r\n${password}\r\n`, "+OK\r\n")).toBe(
        "+OK\r\n"
      )
    })
  )
})
