/** Ports for the servers of a sandbox: a row of consecutive ones, each with its cluster bus port beside it. */
import * as Effect from "effect/Effect"
import { createServer } from "node:net"
import { SandboxError } from "./SandboxError.ts"
import { BUS_PORT_OFFSET } from "./ServerConfig.ts"

export interface ServerPort {
  readonly port: number
  /** Of a cluster node; a standalone server has none. */
  readonly busPort: number | undefined
}

export interface PortRequest {
  readonly host: string
  /** The first port, or 0 for any row that is free. */
  readonly first: number
  readonly count: number
  readonly cluster: boolean
}

export const HIGHEST_PORT = 65_535

/**
 * Where rows are looked for. These and their bus ports lie below the range from which Linux (32768) and macOS (49152)
 * give ports to outgoing connections, so a connection made meanwhile cannot take one away.
 */
const LOWEST_ANY = 10_240
const HIGHEST_ANY = 22_000

const ATTEMPTS = 100

/**
 * Finds the ports and says which is taken. Between this and the start of the server somebody else may take one: the
 * server's own refusal is the last word.
 */
export const findPorts = (request: PortRequest): Effect.Effect<ReadonlyArray<ServerPort>, SandboxError> =>
  request.first === 0 ? findAnyPorts(request, ATTEMPTS) : checkPorts(request)

/** The row that starts at `first`; `undefined` when it does not fit below 65536. */
export const portRow = ({ cluster, count, first }: PortRequest): ReadonlyArray<ServerPort> | undefined => {
  const last = first + count - 1
  if (last > HIGHEST_PORT) return undefined
  // Redis adds 10000; where that is no port, the bus goes below, all of the row the same way.
  const offset = last + BUS_PORT_OFFSET <= HIGHEST_PORT ? BUS_PORT_OFFSET : -BUS_PORT_OFFSET
  return Array.from({ length: count }, (_, index) => ({
    port: first + index,
    busPort: cluster ? first + index + offset : undefined
  }))
}

const checkPorts = (request: PortRequest): Effect.Effect<ReadonlyArray<ServerPort>, SandboxError> => {
  const row = portRow(request)
  if (row === undefined) {
    return Effect.fail(
      new SandboxError({
        reason: "Port",
        message: `sandbox: ${request.count} ports from ${request.first} on end above ${HIGHEST_PORT}; choose a lower --port`
      })
    )
  }
  return Effect.flatMap(firstTaken(request.host, row), (taken) =>
    taken === undefined ? Effect.succeed(row) : Effect.fail(portTaken(request.host, taken.port, taken.detail))
  )
}

/** The error for a port that cannot be listened at. */
export const portTaken = (host: string, port: number, detail = "it is in use"): SandboxError =>
  new SandboxError({
    reason: "Port",
    message: `sandbox: no server can listen at port ${port} of ${host}: ${detail}; choose another with --port, or --port 0 for any free one`,
    node: `${host}:${port}`
  })

const findAnyPorts = (
  request: PortRequest,
  attempts: number
): Effect.Effect<ReadonlyArray<ServerPort>, SandboxError> =>
  Effect.suspend(() => {
    const first = LOWEST_ANY + Math.floor(Math.random() * (HIGHEST_ANY - LOWEST_ANY))
    const row = portRow({ ...request, first }) ?? []
    return Effect.flatMap(firstTaken(request.host, row), (taken) => {
      if (taken === undefined) return Effect.succeed(row)
      return attempts > 1
        ? findAnyPorts(request, attempts - 1)
        : Effect.fail(
            new SandboxError({
              reason: "Port",
              message: `sandbox: no ${request.count} consecutive free ports on ${request.host} between ${LOWEST_ANY} and ${HIGHEST_ANY}; choose them with --port`
            })
          )
    })
  })

interface TakenPort {
  readonly port: number
  readonly detail: string
}

const firstTaken = (host: string, row: ReadonlyArray<ServerPort>): Effect.Effect<TakenPort | undefined> => {
  const ports = row.flatMap(({ busPort, port }) => (busPort === undefined ? [port] : [port, busPort]))
  return Effect.reduce(ports, undefined as TakenPort | undefined, (taken, port) =>
    taken === undefined ? probe(host, port) : Effect.succeed(taken)
  )
}

/** Tries to listen there: nothing else tells for sure. */
const probe = (host: string, port: number): Effect.Effect<TakenPort | undefined> =>
  Effect.async((resume) => {
    const server = createServer()
    server.once("error", (error: NodeJS.ErrnoException) =>
      resume(Effect.succeed({ port, detail: error.code === "EADDRINUSE" ? "it is in use" : error.message }))
    )
    server.listen({ host, port, exclusive: true }, () => {
      server.close(() => resume(Effect.succeed(undefined)))
    })
  })
