/**
 * Response times in the log format of HdrHistogram, which its tools read
 * (HistogramLogProcessor, HistogramLogAnalyzer, hdr-plot). Values are
 * microseconds. Entries without a tag are the response times of all commands;
 * tags are the operations of a mix, and `service` in an open loop.
 *
 * Source: https://github.com/HdrHistogram/HdrHistogram (HistogramLogWriter)
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { HistogramLogWriter } from "hdr-histogram-js"
import { closeSync, openSync, writeSync } from "node:fs"
import { CommandFailure } from "../CommandFailure.ts"
import type { LatencyHistogram } from "./LatencyHistogram.ts"
import type { Account } from "./RunAccount.ts"

export interface HdrLog {
  /** Counting begins: milliseconds since the epoch. */
  readonly begin: (at: number) => void
  readonly write: (interval: Account) => void
  /** Fails when something could not be written; the run has gone on without the rest of the log. */
  readonly check: Effect.Effect<void, CommandFailure>
}

/** In the interval's own line the maximum is in milliseconds. */
const MICROSECONDS_PER_MILLISECOND = 1000

/** Written as the run goes on; the file is closed with the scope. */
export const make = (path: string, isOpen: boolean): Effect.Effect<HdrLog, CommandFailure, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.try({
        try: () => openSync(path, "w"),
        catch: (error) => unwritable(path, error, "nothing was measured")
      }),
      (file) => Effect.sync(() => closeSync(file))
    ),
    (file) => {
      let failure: CommandFailure | undefined
      const writer = new HistogramLogWriter((text) => {
        if (failure !== undefined) return
        try {
          writeSync(file, text)
        } catch (error) {
          failure = unwritable(path, error, "the log is not complete")
        }
      })
      const put = (interval: Account, latency: LatencyHistogram, tag?: string): void => {
        if (latency.count === 0 && tag !== undefined) return
        const { histogram } = latency
        histogram.tag = tag ?? NO_TAG
        const [from, to] = [interval.from / 1000, interval.to / 1000]
        writer.outputIntervalHistogram(histogram, from, to, MICROSECONDS_PER_MILLISECOND)
        histogram.tag = NO_TAG
      }
      writer.outputComment("[values in microseconds, interval maxima in milliseconds]")
      writer.outputLogFormatVersion()
      return {
        begin: (at) => {
          writer.outputStartTime(at)
          writer.outputLegend()
        },
        write: (interval) => {
          put(interval, interval.response)
          if (interval.operations.length > 1) {
            for (const { name, response } of interval.operations) put(interval, response, name)
          }
          if (isOpen) put(interval, interval.service, "service")
        },
        check: Effect.suspend(() => (failure === undefined ? Effect.void : Effect.fail(failure)))
      }
    }
  )

const unwritable = (path: string, error: unknown, consequence: string): CommandFailure =>
  new CommandFailure({
    tag: "FileError",
    message: `--hdr: '${path}' cannot be written (${(error as NodeJS.ErrnoException).code}); ${consequence}`
  })

/** What the library takes for the lack of a tag. */
const NO_TAG = "NO TAG"
