/** Everything that a program tells of itself, kept for assertions: spans, log lines, metrics. */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as HashMap from "effect/HashMap"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Metric from "effect/Metric"
import * as MetricLabel from "effect/MetricLabel"
import * as Option from "effect/Option"
import * as Tracer from "effect/Tracer"
import { inspect } from "node:util"

export interface RecordedSpan extends Tracer.Span {
  readonly wasEnded: boolean
}

export interface LogLine {
  readonly level: string
  readonly message: string
  readonly annotations: Readonly<Record<string, unknown>>
}

export interface TelemetryRecorder {
  readonly spans: ReadonlyArray<RecordedSpan>
  readonly lines: ReadonlyArray<LogLine>
  /** Spans with this name, in the order in which they began. */
  named(name: string): ReadonlyArray<RecordedSpan>
  /** The attributes of the only span with this name. */
  attributesOf(name: string): Readonly<Record<string, unknown>>
  /** Provides the tracer and the logger, at every level. */
  readonly layer: Layer.Layer<never>
  /** All that was recorded, as one text: spans with attributes, events and exits, lines, metrics with their tags. */
  text(): string
}

export const makeTelemetryRecorder = (): TelemetryRecorder => {
  const spans: Array<RecordedSpan> = []
  const lines: Array<LogLine> = []
  const texts: Array<string> = []
  const named = (name: string): ReadonlyArray<RecordedSpan> => spans.filter((span) => span.name === name)

  const tracer = Tracer.make({
    span: (name, parent, context, links, startTime, kind) => {
      const attributes = new Map<string, unknown>()
      const span = {
        _tag: "Span" as const,
        name,
        spanId: String(spans.length),
        traceId: Option.match(parent, {
          onNone: () => String(spans.length),
          onSome: ({ traceId }) => traceId
        }),
        parent,
        context: context ?? Context.empty(),
        status: { _tag: "Started", startTime } as Tracer.SpanStatus,
        attributes,
        links,
        sampled: true,
        kind,
        wasEnded: false,
        end(endTime: bigint, exit: Exit.Exit<unknown, unknown>) {
          span.status = { _tag: "Ended", startTime, endTime, exit }
          span.wasEnded = true
          const said = exit._tag === "Failure" ? Cause.pretty(exit.cause, { renderErrorCause: true }) : ""
          texts.push(name, inspect(attributes), inspect(exit, { depth: 9 }), said)
        },
        attribute: (key: string, value: unknown) => void attributes.set(key, value),
        event: (event: string, _time: bigint, more?: Record<string, unknown>) =>
          void texts.push(event, inspect(more)),
        addLinks: () => {}
      }
      spans.push(span)
      return span
    },
    context: (run) => run()
  })

  const logger = Logger.make<unknown, void>(({ annotations, cause, logLevel, message }) => {
    const line = {
      level: logLevel.label,
      message: (Array.isArray(message) ? message : [message]).map(String).join(" "),
      annotations: Object.fromEntries(HashMap.toEntries(annotations))
    }
    lines.push(line)
    texts.push(inspect(line), Cause.pretty(cause))
  })

  return {
    spans,
    lines,
    named,
    attributesOf: (name) => {
      const [span, ...others] = named(name)
      if (span === undefined || others.length > 0)
        throw new Error(`${named(name).length} spans called ${name} among: ${spans.map((each) => each.name)}`)
      return Object.fromEntries(span.attributes)
    },
    layer: Layer.mergeAll(
      Layer.setTracer(tracer),
      Logger.replace(Logger.defaultLogger, logger),
      Logger.minimumLogLevel(LogLevel.All)
    ),
    text: () => [...texts, inspect(Metric.unsafeSnapshot(), { depth: 9 })].join("\n")
  }
}

type Tags = Readonly<Record<string, string>>

const tagged = <Type, In, Out>(
  metric: Metric.Metric<Type, In, Out>,
  tags: Tags
): Metric.Metric<Type, In, Out> =>
  Metric.taggedWithLabels(
    metric,
    Object.entries(tags).map(([name, value]) => MetricLabel.make(name, value))
  )

/** A counter's count with exactly these tags, 0 when nothing was counted. */
export const countOf = (metric: Metric.Metric.Counter<number>, tags: Tags): Effect.Effect<number> =>
  Effect.map(Metric.value(tagged(metric, tags)), ({ count }) => count)

export const gaugeOf = (metric: Metric.Metric.Gauge<number>, tags: Tags): Effect.Effect<number> =>
  Effect.map(Metric.value(tagged(metric, tags)), ({ value }) => value)

/** How many values are in a histogram, and the greatest of them. */
export const samplesOf = (
  metric: Metric.Metric.Histogram<number>,
  tags: Tags
): Effect.Effect<{ readonly count: number; readonly max: number }> =>
  Effect.map(Metric.value(tagged(metric, tags)), ({ count, max }) => ({ count, max }))
