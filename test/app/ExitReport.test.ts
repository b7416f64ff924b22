import { describe, expect, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import * as Exit from "effect/Exit"
import * as FiberId from "effect/FiberId"
import { CommandFailure, EndWith } from "../../src/app/CommandFailure.ts"
import { CommandLineError } from "../../src/app/CommandLineError.ts"
import { CommandRunState } from "../../src/app/CommandRun.ts"
import { exitReport, type ReportOptions } from "../../src/app/ExitReport.ts"
import { ConnectionError } from "../../src/connection/ConnectionError.ts"

const options = (given: Partial<ReportOptions> = {}): ReportOptions => ({
  run: new CommandRunState(),
  signal: undefined,
  json: false,
  debug: false,
  ...given
})
const failed = (error: unknown, given: Partial<ReportOptions> = {}) =>
  exitReport(Exit.fail(error), options(given))
const interrupted = Exit.failCause(Cause.interrupt(FiberId.none))

const connectionError = (reason: "Auth" | "Tls" | "Closed"): ConnectionError =>
  new ConnectionError({ reason, sent: "no", node: "h:1", command: "CONNECT", detail: "d" })

describe("ExitReport", () => {
  it("success says nothing", () => {
    expect(exitReport(Exit.void, options({ json: true }))).toEqual({
      status: 0,
      stdout: undefined,
      stderr: undefined
    })
  })

  it("each kind of failure has its status", () => {
    expect(failed(new CommandLineError({ message: "m" })).status).toBe(2)
    expect(failed(new CommandFailure({ tag: "X", message: "m" })).status).toBe(1)
    expect(failed(new CommandFailure({ tag: "X", message: "m", status: 3 })).status).toBe(3)
    expect(failed(connectionError("Auth")).status).toBe(3)
    expect(failed(connectionError("Tls")).status).toBe(3)
    expect(failed(connectionError("Closed")).status).toBe(1)
    expect(
      failed(new (class Other extends Data.TaggedError("Other")<{ message: string }> {})({ message: "m" }))
    ).toEqual({ status: 1, stdout: undefined, stderr: "redis-client: m" })
  })

  it("an error is one line, whatever it says", () => {
    expect(failed(new CommandFailure({ tag: "X", message: "one\n  two\r\n\nthree\n" })).stderr).toBe(
      "redis-client: one two three"
    )
    expect(failed("text").stderr).toBe("redis-client: text")
  })

  it("with --json the document as far as it came, and the error", () => {
    const run = new CommandRunState()
    run.onFailure(() => ({ seed: 7, keys: 3 }))
    const error = new CommandFailure({ tag: "Unacknowledged", message: "m", node: "h:1" })
    const report = failed(error, { run, json: true })
    expect(JSON.parse(report.stdout!)).toEqual({
      seed: 7,
      keys: 3,
      error: { tag: "Unacknowledged", message: "m", node: "h:1" }
    })
    expect(report.stderr).toBe("redis-client: m")
    expect(JSON.parse(failed(new CommandLineError({ message: "m" }), { json: true }).stdout!)).toEqual({
      error: { tag: "CommandLineError", message: "m", node: null }
    })
  })

  it("a signal is 128 and its number, with the document as far as it came", () => {
    const run = new CommandRunState()
    run.onFailure(() => ({ acknowledged: 5 }))
    expect(exitReport(interrupted, options({ signal: "SIGINT" }))).toMatchObject({
      status: 130,
      stdout: undefined
    })
    expect(exitReport(interrupted, options({ signal: "SIGTERM" })).status).toBe(143)
    const report = exitReport(interrupted, options({ signal: "SIGINT", json: true, run }))
    expect(JSON.parse(report.stdout!)).toEqual({
      acknowledged: 5,
      error: { tag: "Interrupted", message: "interrupted by SIGINT", node: null }
    })
  })

  it("what fails while a signal ends the command does not hide the signal", () => {
    const both = Cause.sequential(Cause.interrupt(FiberId.none), Cause.fail(new Error("closing failed")))
    expect(exitReport(Exit.failCause(both), options({ signal: "SIGTERM" })).status).toBe(143)
  })

  it("a command may declare a signal its ordinary end", () => {
    const run = new CommandRunState()
    run.endsWithSignal()
    expect(exitReport(interrupted, options({ signal: "SIGINT", run, json: true }))).toEqual({
      status: 0,
      stdout: undefined,
      stderr: undefined
    })
    expect(failed(new CommandFailure({ tag: "X", message: "m" }), { run }).status).toBe(1)
  })

  it("a command may end with the status of a program it ran, silently", () => {
    expect(failed(new EndWith({ status: 42 }), { json: true })).toEqual({
      status: 42,
      stdout: undefined,
      stderr: undefined
    })
  })

  it("a defect is one line, and says where it came from only when asked", () => {
    const exit = Exit.die(new TypeError("undefined is not a function"))
    const report = exitReport(exit, options())
    expect(report.status).toBe(1)
    expect(report.stderr).toContain("undefined is not a function")
    expect(report.stderr).not.toContain("\n")
    expect(exitReport(exit, options({ debug: true })).stderr).toContain("ExitReport.test")
  })
})
