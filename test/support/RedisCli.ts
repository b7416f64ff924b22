/** The real redis-cli, fed through its standard input: what it sends, and what it prints. */
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"

export interface RedisCliEnd {
  readonly status: number | null
  readonly stdout: Buffer
  readonly stderr: string
}

export const runRedisCli = (port: number, options: ReadonlyArray<string>, input: string | Buffer) =>
  Effect.async<RedisCliEnd>((resume) => {
    const child = spawn("redis-cli", ["-p", String(port), ...options], { stdio: "pipe" })
    const stdout: Array<Buffer> = []
    let stderr = ""
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk))
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk))
    child.on("error", (error) => resume(Effect.die(error)))
    child.on("close", (status) => resume(Effect.succeed({ status, stdout: Buffer.concat(stdout), stderr })))
    // A program that ends early does not read the rest.
    child.stdin.on("error", () => {})
    child.stdin.end(input)
    return Effect.sync(() => void child.kill("SIGKILL"))
  })
