/** The options of `tunn`, and what they add up to. */
import * as Options from "@effect/cli/Options"
import type * as Command from "@effect/cli/Command"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { readKeyPair } from "../CertificateFiles.ts"
import { CommandLineError } from "../CommandLineError.ts"
import { choiceOption, convertedOption, flagOption, redactedOption, textOption } from "../CommandOption.ts"
import { connectOptions } from "../ConnectOptions.ts"
import { durationOption, integerOption, sizeOption } from "../RangedOption.ts"
import { GIBIBYTE, MEBIBYTE } from "../Size.ts"
import { isLoopback, LOOPBACK, parseListenAddress } from "./ListenAddress.ts"
import { DEFAULT_LISTEN_PORT, type ListenTls, type TunnelSettings } from "./TunnelSettings.ts"

const DEFAULT_MAX_CLIENTS = 10_000
const MAX_CLIENTS = 1_000_000
/** Redis has 32 MiB for subscribers and no limit for others; a reply of 128 MiB to one that reads it still passes. */
const DEFAULT_OUTPUT_BUFFER = 256 * MEBIBYTE
/** As Redis has it. */
const DEFAULT_QUERY_BUFFER = GIBIBYTE
const SMALLEST_BUFFER = MEBIBYTE

export const tunnelOptions = {
  connect: connectOptions,
  mode: choiceOption({
    name: "tunnel-mode",
    choices: ["smart", "pinned"],
    default: "smart",
    description: "a cluster as one server at one port, or a port of its own for each of its nodes"
  }),
  listen: Options.optional(
    convertedOption(
      {
        name: "listen",
        placeholder: "[ADDRESS:]PORT",
        description: `where clients connect, 0 for any free port (default ${LOOPBACK}:${DEFAULT_LISTEN_PORT}); pinned: the first of consecutive ports (default: that of each node)`
      },
      parseListenAddress
    )
  ),
  listenPassword: redactedOption({
    name: "listen-password",
    placeholder: "PASSWORD",
    description: "what clients have to log in with, whatever the servers' own password"
  }),
  listenOpen: flagOption({
    name: "listen-open",
    description: "let anybody in who reaches an address other than loopback, without a password"
  }),
  listenTls: flagOption({
    name: "listen-tls",
    description: "speak TLS with clients; needs --listen-cert and --listen-key"
  }),
  listenCert: textOption({
    name: "listen-cert",
    placeholder: "FILE",
    description: "PEM certificate shown to clients"
  }),
  listenKey: textOption({
    name: "listen-key",
    placeholder: "FILE",
    description: "PEM private key of --listen-cert"
  }),
  maxClients: integerOption({
    name: "max-clients",
    placeholder: "COUNT",
    min: 1,
    max: MAX_CLIENTS,
    default: DEFAULT_MAX_CLIENTS,
    description: "clients at once; one more is told so and closed"
  }),
  outputBuffer: sizeOption({
    name: "output-buffer",
    min: SMALLEST_BUFFER,
    default: DEFAULT_OUTPUT_BUFFER,
    description: "smart: replies waiting for a client that does not read them; above, it is closed"
  }),
  queryBuffer: sizeOption({
    name: "query-buffer",
    min: SMALLEST_BUFFER,
    default: DEFAULT_QUERY_BUFFER,
    description: "smart: bytes of one command of a client; above, it is closed"
  }),
  idleTimeout: durationOption({
    name: "idle-timeout",
    min: "1 millis",
    max: "24 days",
    description: "close a client that says nothing for so long (default: never)"
  }),
  metrics: Options.optional(
    convertedOption(
      {
        name: "metrics",
        placeholder: "[ADDRESS:]PORT",
        description: "serve /metrics for Prometheus and /healthz there (default: neither)"
      },
      parseListenAddress
    )
  )
}

export type GivenTunnel = Command.Command.ParseConfig<typeof tunnelOptions>

export const tunnelSettings = (given: GivenTunnel): Effect.Effect<TunnelSettings, CommandLineError> =>
  Effect.gen(function* () {
    const listen = Option.getOrUndefined(given.listen)
    const password = Option.getOrUndefined(given.listenPassword)
    if (password !== undefined && Redacted.value(password) === "") {
      return yield* wrong("--listen-password: is empty; leave it out for clients without one")
    }
    if (listen !== undefined && !isLoopback(listen.host) && password === undefined && !given.listenOpen) {
      return yield* wrong(
        `--listen: '${listen.host}' can be reached from other machines; add --listen-password, or --listen-open if anybody may come in`
      )
    }
    return {
      listen,
      password,
      tls: yield* listenTls(given),
      limits: {
        maxClients: given.maxClients,
        outputBuffer: given.outputBuffer,
        queryBuffer: given.queryBuffer,
        idleTimeout: Option.getOrElse(given.idleTimeout, () => Duration.zero)
      },
      metrics: Option.getOrUndefined(given.metrics)
    }
  })

const listenTls = (given: GivenTunnel): Effect.Effect<ListenTls | undefined, CommandLineError> => {
  const cert = Option.getOrUndefined(given.listenCert)
  const key = Option.getOrUndefined(given.listenKey)
  if (!given.listenTls) {
    const meant = cert !== undefined ? "--listen-cert" : key !== undefined ? "--listen-key" : undefined
    return meant === undefined
      ? Effect.succeed(undefined)
      : wrong(`${meant}: means nothing without TLS; add --listen-tls`)
  }
  if (cert === undefined || key === undefined) {
    return wrong("--listen-tls: needs --listen-cert and --listen-key with it")
  }
  return readKeyPair({ option: "--listen-cert", path: cert }, { option: "--listen-key", path: key })
}

const wrong = (message: string): Effect.Effect<never, CommandLineError> =>
  Effect.fail(new CommandLineError({ message }))
