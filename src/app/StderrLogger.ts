/** Log lines on standard error: `Effect.log` writes to standard output, where only results belong. */
import * as Cause from "effect/Cause"
import * as HashMap from "effect/HashMap"
import type * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { type StatusLine, statusLine } from "./StatusLine.ts"

/** Replaces the default logger; `debug` adds the traces of causes. */
export const layer = (debug: boolean, line: () => StatusLine = statusLine): Layer.Layer<never> =>
  Logger.replace(
    Logger.defaultLogger,
    Logger.make(({ annotations, cause, date, logLevel, message }) => {
      const words = (Array.isArray(message) ? message : [message]).map(shown)
      const fields = Array.from(HashMap.entries(annotations), ([name, value]) => `${name}=${shown(value)}`)
      const trace = debug && !Cause.isEmpty(cause) ? `\n${Cause.pretty(cause)}` : ""
      const time = date.toISOString().slice(11, 23)
      line().print([time, logLevel.label, ...words, ...fields].join(" ") + trace)
    })
  )

const shown = (value: unknown): string =>
  typeof value === "string"
    ? value
    : value instanceof Error
      ? value.message
      : (JSON.stringify(value) ?? String(value))
