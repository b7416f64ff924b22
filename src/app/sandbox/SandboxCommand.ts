/** The command `sandbox`: real servers for as long as another command, or a person, needs them. */
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { EndWith } from "../CommandFailure.ts"
import { CommandLineError } from "../CommandLineError.ts"
import { flagOption, redactedOption, repeatedOption } from "../CommandOption.ts"
import { CommandRun } from "../CommandRun.ts"
import { integerOption } from "../RangedOption.ts"
import { notice } from "../StatusLine.ts"
import { HIGHEST_PORT } from "./FreePort.ts"
import { runInForeground } from "./ForegroundCommand.ts"
import * as Sandbox from "./Sandbox.ts"
import { sandboxEnvironment } from "./SandboxEnvironment.ts"
import type { SandboxError } from "./SandboxError.ts"
import { sandboxDocument, sandboxText, sandboxTitle } from "./SandboxReport.ts"
import { type ConfigSetting, parseConfigSetting } from "./ServerConfig.ts"

/** More would be a mistake: each is a process, and each knows all the others. */
const MAX_MASTERS = 100
const MAX_REPLICAS = 10

const { masters, port, replicas } = Sandbox.DEFAULT_SANDBOX_OPTIONS

const options = {
  masters: integerOption({
    name: "masters",
    placeholder: "COUNT",
    description: `masters of the cluster (default ${masters})`,
    min: 1,
    max: MAX_MASTERS
  }),
  replicas: integerOption({
    name: "replicas",
    placeholder: "COUNT",
    description: `replicas of each master (default ${replicas})`,
    min: 0,
    max: MAX_REPLICAS
  }),
  standalone: flagOption({ name: "standalone", description: "one server, not a cluster" }),
  tls: flagOption({ name: "tls", description: "serve TLS, with certificates made for this run" }),
  password: redactedOption({
    name: "password",
    placeholder: "PASSWORD",
    description: "what clients authenticate with (default: nothing)"
  }),
  port: integerOption({
    name: "port",
    placeholder: "PORT",
    description: "the first of consecutive ports, one per server; 0 for any that are free",
    min: 0,
    max: HIGHEST_PORT,
    default: port
  }),
  config: repeatedOption({
    name: "config",
    placeholder: "NAME=VALUE",
    description: "a setting of redis.conf for every server; may be given several times"
  }),
  json: flagOption({ name: "json", description: "describe the servers as one JSON document" }),
  command: Args.repeated(
    Args.withDescription(
      Args.text({ name: "COMMAND" }),
      "run this with the servers, which stop when it ends; its exit status is ours"
    )
  )
}

type Given = Command.Command.ParseConfig<typeof options>

/** Needs no option of how to connect: it makes what others connect to. */
export const sandboxCommand: Command.Command<
  "sandbox",
  never,
  SandboxError | CommandLineError | EndWith,
  Given
> = Command.make("sandbox", options, (given) => Effect.scoped(run(given))).pipe(
  Command.withDescription(
    "Starts real Redis servers on this machine in a temporary folder, and leaves nothing behind."
  )
)

const run = (given: Given): Effect.Effect<void, SandboxError | CommandLineError | EndWith, Scope.Scope> =>
  Effect.gen(function* () {
    const [program, ...words] = given.command
    const bare = program === undefined
    if (bare) (yield* CommandRun).endsWithSignal()
    const sandbox = yield* Sandbox.make(yield* sandboxOptions(given))
    yield* announce(sandbox, given.json, bare)
    yield* Effect.forEach(sandbox.nodes, reportEnd, { discard: true })
    if (bare) return yield* Effect.never
    const environment = sandboxEnvironment(sandbox)
    const status = yield* runInForeground([program, ...words], environment, sandbox.watchdog)
    return yield* new EndWith({ status })
  })

const sandboxOptions = (given: Given): Effect.Effect<Partial<Sandbox.SandboxOptions>, CommandLineError> =>
  Effect.gen(function* () {
    if (given.standalone && (Option.isSome(given.masters) || Option.isSome(given.replicas))) {
      const other = Option.isSome(given.masters) ? "--masters" : "--replicas"
      return yield* new CommandLineError({
        message: `${other}: not together with --standalone; give one of them`
      })
    }
    const password = Option.getOrUndefined(given.password)
    if (password !== undefined && Redacted.value(password) === "") {
      return yield* new CommandLineError({
        message: "--password: is empty; leave it out for servers without one"
      })
    }
    return {
      mode: given.standalone ? "standalone" : "cluster",
      masters: Option.getOrElse(given.masters, () => masters),
      replicas: Option.getOrElse(given.replicas, () => replicas),
      tls: given.tls,
      password,
      port: given.port,
      config: yield* Effect.forEach(given.config, configSetting)
    }
  })

const configSetting = (given: string): Effect.Effect<ConfigSetting, CommandLineError> => {
  const setting = parseConfigSetting(given)
  return setting === undefined
    ? // Not repeated: it may be a password with a blank where the = belongs.
      new CommandLineError({ message: "--config: not a setting; allowed: NAME=VALUE, as maxmemory=64mb" })
    : Effect.succeed(setting)
}

/** Standard output belongs to the COMMAND if there is one, unless the document was asked for. */
const announce = (sandbox: Sandbox.Sandbox, json: boolean, bare: boolean): Effect.Effect<void> => {
  if (json) return Console.log(JSON.stringify(sandboxDocument(sandbox)))
  return bare
    ? Console.log(sandboxText(sandbox))
    : notice(`${sandboxTitle(sandbox)} is ready at ${sandbox.seed.address}`)
}

/** Says it when a server ends while the sandbox runs: killed for a trial, or out of memory. */
const reportEnd = ({ address, server }: Sandbox.SandboxNode): Effect.Effect<void, never, Scope.Scope> =>
  server.exited.pipe(
    Effect.flatMap((reason) => notice(`the server at ${address} has ended (${reason})`)),
    Effect.forkScoped,
    Effect.asVoid
  )
