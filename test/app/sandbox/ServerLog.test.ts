import { afterAll, describe, expect, it } from "@effect/vitest"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { readLogTail, saysPortTaken } from "../../../src/app/sandbox/ServerLog.ts"

const folder = mkdtempSync(join(tmpdir(), "redis-client-log-"))
afterAll(() => rmSync(folder, { recursive: true }))

const tailOf = (log: string): string => {
  const path = join(folder, "server.log")
  writeFileSync(path, log)
  return readLogTail(path)
}

describe("readLogTail", () => {
  it("gives the last lines in one, without process numbers and dates", () => {
    const log = `
812:C 23 Nov 2025 06:33:01.123 # oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo
812:M 23 Nov 2025 06:33:01.124 * monotonic clock: POSIX clock_gettime
812:M 23 Nov 2025 06:33:01.125 # Warning: Could not create server TCP listening socket 127.0.0.1:7000: bind: Address already in use
812:M 23 Nov 2025 06:33:01.126 # Failed listening on port 7000 (TCP), aborting.
`
    expect(tailOf(log)).toMatch(/Address already in use; Failed listening on port 7000 \(TCP\), aborting\.$/)
    expect(tailOf(log)).not.toMatch(/812:|2025/)
    expect(saysPortTaken(tailOf(log))).toBe(true)
  })

  it("tells which setting the server refuses and not what it was set to", () => {
    const log = `
*** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***
Reading the configuration file, at line 10
>>> 'requirepass hush hush'
wrong number of arguments
`
    expect(tailOf(log)).toBe(
      "Reading the configuration file, at line 10; >>> 'requirepass ...'; wrong number of arguments"
    )
    expect(saysPortTaken(tailOf(log))).toBe(false)
  })

  it("reads only the end of a long log, and nothing of one that is not there", () => {
    expect(tailOf("x\n".repeat(1_000_000))).toBe("x; x; x; x")
    expect(readLogTail(join(folder, "nosuch"))).toBe("")
  })
})
