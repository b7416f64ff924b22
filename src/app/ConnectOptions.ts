/** The options shared by every command that connects (OptionTable.ts has their names once more). */
import * as Options from "@effect/cli/Options"
import type * as Duration from "effect/Duration"
import type * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import { flagOption, redactedOption, repeatedOption, textOption } from "./CommandOption.ts"
import { MAX_PORT } from "./HostPort.ts"
import { durationOption, integerOption } from "./RangedOption.ts"

/** The options as they were given, before the environment and `--url` are consulted. */
export interface ConnectFlags {
  readonly host: ReadonlyArray<string>
  readonly port: Option.Option<number>
  readonly url: Option.Option<Redacted.Redacted>
  readonly username: Option.Option<string>
  readonly password: Option.Option<Redacted.Redacted>
  readonly askpass: boolean
  readonly tls: boolean
  readonly cacert: Option.Option<string>
  readonly cert: Option.Option<string>
  readonly key: Option.Option<string>
  readonly sni: Option.Option<string>
  readonly insecure: boolean
  readonly cluster: boolean
  readonly db: Option.Option<number>
  readonly connectTimeout: Duration.Duration
  readonly commandTimeout: Duration.Duration
  readonly json: boolean
}

const MAX_DATABASE = 2 ** 31 - 1
const LONGEST_TIMEOUT = "1 day"

/** Of what @effect/cli is told: a command that has `-n` to spare gives it to the database, as redis-cli does. */
export const connectOptionsWith = (databaseAlias?: string): Options.Options<ConnectFlags> =>
  Options.all({
    host: repeatedOption({
      name: "host",
      alias: "h",
      placeholder: "HOST[:PORT]",
      description: "a server or a cluster seed; may be repeated to give several seeds (default 127.0.0.1)"
    }),
    port: integerOption({
      name: "port",
      alias: "p",
      placeholder: "PORT",
      min: 1,
      max: MAX_PORT,
      description: "where --host names no port (default 6379, or 6380 with --tls)"
    }),
    url: redactedOption({
      name: "url",
      placeholder: "URL",
      description: "redis://USER:PASSWORD@HOST:PORT/DB, or rediss:// for TLS; all but the host optional"
    }),
    username: textOption({
      name: "username",
      alias: "u",
      otherNames: ["user"],
      placeholder: "NAME",
      description: "ACL user (default: the user 'default')"
    }),
    password: redactedOption({
      name: "password",
      alias: "a",
      otherNames: ["pass"],
      placeholder: "PASSWORD",
      description: "better kept off the command line: in REDISCLI_AUTH, or asked for with --askpass"
    }),
    askpass: flagOption({ name: "askpass", description: "ask for the password on the terminal" }),
    tls: flagOption({ name: "tls", alias: "t", description: "connect with TLS; certificates are verified" }),
    cacert: textOption({
      name: "cacert",
      placeholder: "FILE",
      description: "PEM certificates to trust instead of the system's"
    }),
    cert: textOption({
      name: "cert",
      placeholder: "FILE",
      description: "PEM certificate to present to the server, with --key"
    }),
    key: textOption({ name: "key", placeholder: "FILE", description: "PEM private key of --cert" }),
    sni: textOption({
      name: "sni",
      placeholder: "NAME",
      description: "server name to ask for and to verify, if it is not the host's"
    }),
    insecure: flagOption({ name: "insecure", description: "do not verify the server's certificate" }),
    cluster: flagOption({ name: "cluster", alias: "c", description: "the servers form a Redis Cluster" }),
    db: integerOption({
      name: "db",
      ...(databaseAlias === undefined ? {} : { alias: databaseAlias }),
      placeholder: "N",
      min: 0,
      max: MAX_DATABASE,
      description: "database number; a cluster has only 0 (default 0)"
    }),
    connectTimeout: durationOption({
      name: "connect-timeout",
      placeholder: "DURATION",
      min: "1 millis",
      max: LONGEST_TIMEOUT,
      default: "5 seconds",
      description: "time for one connection to be made"
    }),
    commandTimeout: durationOption({
      name: "command-timeout",
      placeholder: "DURATION",
      min: "1 millis",
      max: LONGEST_TIMEOUT,
      default: "10 seconds",
      description: "time for a reply to arrive"
    }),
    json: flagOption({ name: "json", description: "print the result as one JSON document" })
  })

export const connectOptions: Options.Options<ConnectFlags> = connectOptionsWith()
