/**
 * Spans around what is done at a server, with OpenTelemetry's attributes for
 * databases.
 *
 * A failed span carries the failure's type and never its message, since servers
 * quote arguments in theirs ("ERR unknown command 'x', with args beginning
 * with: ..."). Where nobody records spans, which is where the tracer is the one
 * that Effect starts with, none is made.
 *
 * Source: https://opentelemetry.io/docs/specs/semconv/db/redis/
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as DefaultServices from "effect/DefaultServices"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberId from "effect/FiberId"
import * as Option from "effect/Option"
import * as Tracer from "effect/Tracer"
import * as net from "node:net"
import type { ConnectionError } from "./ConnectionError.ts"

export type Attributes = Readonly<Record<string, string | number>>

/** What a failure is called where values must not show: few words, known in advance. */
export interface FailureType {
  /** `error.type`. */
  readonly type: string
  /** `db.response.status_code`: the first word of the server's error reply. */
  readonly statusCode?: string
}

export interface DatabaseSpanOptions<E> {
  /** What is known before it starts; evaluated only when the span is recorded. */
  readonly describe: () => { readonly name: string; readonly attributes: Attributes }
  readonly failureType: (error: E) => FailureType
  /** A trace of its own, linked to the span that it was started in: for work that several callers share. */
  readonly isRoot?: boolean
}

/** Adds to the span what becomes known under way; does nothing when none is recorded. */
export type Annotate = (attributes: Attributes) => void

/** What a failed span ends with, in place of the error. */
class OperationFailed extends Data.Error<{ readonly message: string }> {
  override readonly name = this.message
}

const silentTracer = Context.get(DefaultServices.liveServices, Tracer.Tracer)
const ignore: Annotate = () => {}

export const databaseSpan = <A, E, R>(
  options: DatabaseSpanOptions<NoInfer<E>>,
  run: (annotate: Annotate, span: Tracer.Span | undefined) => Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> =>
  Effect.tracerWith((tracer) =>
    tracer === silentTracer
      ? run(ignore, undefined)
      : Effect.acquireUseRelease(
          start(options),
          (span) =>
            run((attributes) => annotate(span, attributes), span).pipe(
              Effect.provideService(Tracer.ParentSpan, span)
            ) as Effect.Effect<A, E, R>,
          (span, exit) =>
            Effect.map(Clock.currentTimeNanos, (now) =>
              span.end(now, ending(span, exit, options.failureType))
            )
        )
  )

const start = <E>({ describe, isRoot }: DatabaseSpanOptions<E>): Effect.Effect<Tracer.Span> =>
  Effect.flatMap(Effect.serviceOption(Tracer.ParentSpan), (parent) => {
    const { attributes, name } = describe()
    return Effect.makeSpan(name, {
      kind: "client",
      attributes: { "db.system.name": "redis", ...attributes },
      captureStackTrace: false,
      ...(isRoot === true ? { root: true, links: Option.toArray(parent).map(linkTo) } : {})
    })
  })

const linkTo = (span: Tracer.AnySpan): Tracer.SpanLink => ({ _tag: "SpanLink", span, attributes: {} })

const annotate = (span: Tracer.Span, attributes: Attributes): void => {
  for (const [name, value] of Object.entries(attributes)) span.attribute(name, value)
}

/** The exit without what the error says, which the span's attributes name by its type. */
const ending = <A, E>(
  span: Tracer.Span,
  exit: Exit.Exit<A, E>,
  failureType: (error: E) => FailureType
): Exit.Exit<void, OperationFailed> => {
  if (Exit.isSuccess(exit)) return Exit.void
  if (Cause.isInterruptedOnly(exit.cause)) return Exit.interrupt(FiberId.none)
  const failure = Option.match(Cause.failureOption(exit.cause), {
    onNone: () => DEFECT,
    onSome: failureType
  })
  annotate(span, failureAttributes(failure))
  return Exit.fail(new OperationFailed({ message: failure.type }))
}

/** OpenTelemetry's word for a failure that has no name of its own. */
const DEFECT: FailureType = { type: "_OTHER" }

export const failureAttributes = ({ statusCode, type }: FailureType): Attributes => ({
  "error.type": type,
  ...(statusCode === undefined ? {} : { "db.response.status_code": statusCode })
})

export const connectionFailureType = ({ reason }: ConnectionError): FailureType => ({
  type: `ConnectionError.${reason}`
})

export const serverAttributes = (host: string, port: number): Attributes => ({
  "server.address": host,
  "server.port": port
})

/** `undefined` for a socket that is not connected, or not over IP. */
export const peerAttributes = (address: string | undefined, port: number | undefined): Attributes =>
  address === undefined || port === undefined || net.isIP(address) === 0
    ? {}
    : { "network.peer.address": address, "network.peer.port": port }
