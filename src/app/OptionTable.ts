/**
 * Every option of every command, as the argv normaliser needs to know them:
 * by which names it goes and whether it takes a value.
 *
 * The commands themselves are declared with @effect/cli, whose parser has to
 * be handed unambiguous arguments. A test compares this table with those
 * declarations, name by name, so that the two cannot drift apart.
 */

export interface OptionEntry {
  /** The long name, without dashes: what the normaliser writes. */
  readonly name: string
  /** The one-letter name, without its dash. */
  readonly alias?: string
  /** Other long names, without dashes. */
  readonly otherNames?: ReadonlyArray<string>
  /** A flag takes no value, `value` exactly one, and `values` may be given several times. */
  readonly takes: "flag" | "value" | "values"
  /** The only values there are; `undefined` leaves the check to the command. */
  readonly choices?: ReadonlyArray<string>
}

export interface CommandEntry {
  readonly name: string
  readonly otherNames?: ReadonlyArray<string>
  readonly options: ReadonlyArray<OptionEntry>
  /**
   * Words that belong to no option: none are allowed; or the first one and all
   * that follows are data; or those between the options are; or only what stands
   * after `--` is.
   */
  readonly words: "none" | "from the first" | "anywhere" | "after --"
}

/**
 * Joins the values of an option that was given several times. An argument
 * cannot hold it: the operating system ends arguments with it.
 */
export const VALUE_SEPARATOR = "\u0000"

const flag = (name: string, alias?: string): OptionEntry => entry(name, "flag", alias)
const value = (name: string, alias?: string, otherNames?: ReadonlyArray<string>): OptionEntry =>
  entry(name, "value", alias, otherNames)
const values = (name: string, alias?: string): OptionEntry => entry(name, "values", alias)

const entry = (
  name: string,
  takes: OptionEntry["takes"],
  alias?: string,
  otherNames?: ReadonlyArray<string>
): OptionEntry => ({
  name,
  takes,
  ...(alias === undefined ? {} : { alias }),
  ...(otherNames === undefined ? {} : { otherNames })
})

/** What @effect/cli adds to every command. Its `-h` for help is not among them: here that is the host. */
export const BUILT_IN_OPTIONS: ReadonlyArray<OptionEntry> = [
  flag("help"),
  flag("version"),
  flag("wizard"),
  { ...value("completions"), choices: ["sh", "bash", "fish", "zsh"] },
  {
    ...value("log-level"),
    choices: ["all", "trace", "debug", "info", "warning", "error", "fatal", "none"]
  }
]

/** Shared by every command that connects; declared in ConnectOptions.ts. */
export const CONNECT_OPTIONS: ReadonlyArray<OptionEntry> = [
  values("host", "h"),
  value("port", "p"),
  value("url"),
  value("username", "u", ["user"]),
  value("password", "a", ["pass"]),
  flag("askpass"),
  flag("tls", "t"),
  value("cacert"),
  value("cert"),
  value("key"),
  value("sni"),
  flag("insecure"),
  flag("cluster", "c"),
  value("db"),
  value("connect-timeout"),
  value("command-timeout"),
  flag("json")
]

export const COMMANDS: ReadonlyArray<CommandEntry> = [
  {
    name: "sandbox",
    words: "after --",
    options: [
      value("masters"),
      value("replicas"),
      flag("standalone"),
      flag("tls"),
      value("password"),
      value("port"),
      values("config"),
      flag("json")
    ]
  },
  {
    name: "fill",
    words: "none",
    options: [
      ...CONNECT_OPTIONS,
      value("data", "d"),
      flag("flush", "f"),
      flag("serial", "s"),
      value("connections", "n"),
      value("key-size"),
      value("value-size"),
      value("pipeline"),
      value("processes", "P"),
      value("rate"),
      value("shard"),
      value("seed"),
      value("ttl"),
      { ...value("replies"), choices: ["on", "off"] },
      value("resume"),
      flag("verify")
    ]
  },
  {
    name: "report",
    words: "anywhere",
    options: [flag("json")]
  },
  {
    name: "verify",
    words: "none",
    options: [
      ...CONNECT_OPTIONS,
      value("data", "d"),
      value("connections", "n"),
      value("key-size"),
      value("value-size"),
      value("pipeline"),
      value("seed"),
      value("shard"),
      value("sample"),
      flag("repair")
    ]
  },
  {
    name: "tunn",
    otherNames: ["tunnel"],
    words: "none",
    options: [
      ...CONNECT_OPTIONS,
      { ...value("tunnel-mode"), choices: ["smart", "pinned"] },
      value("listen"),
      value("listen-password"),
      flag("listen-open"),
      flag("listen-tls"),
      value("listen-cert"),
      value("listen-key"),
      value("max-clients"),
      value("output-buffer"),
      value("query-buffer"),
      value("idle-timeout"),
      value("metrics")
    ]
  },
  {
    name: "cli",
    words: "from the first",
    options: [
      ...CONNECT_OPTIONS.map((option) => (option.name === "db" ? value("db", "n") : option)),
      flag("raw"),
      flag("no-raw"),
      flag("csv"),
      flag("quoted-json"),
      flag("quoted-input"),
      value("delimiter", "d"),
      value("reply-delimiter", "D"),
      flag("resp2", "2"),
      flag("resp3", "3"),
      flag("no-auth-warning"),
      flag("exit-error", "e"),
      flag("stdin", "x"),
      value("stdin-tag", "X"),
      value("repeat", "r"),
      value("interval", "i"),
      value("eval"),
      flag("pipe"),
      flag("scan"),
      value("pattern"),
      value("quoted-pattern"),
      value("type"),
      value("count"),
      value("top"),
      flag("bigkeys"),
      flag("memkeys"),
      value("memkeys-samples"),
      flag("hotkeys"),
      flag("stat"),
      flag("latency"),
      flag("latency-history"),
      flag("cluster-check"),
      flag("cluster-info")
    ]
  },
  {
    name: "bench",
    words: "none",
    options: [
      ...CONNECT_OPTIONS,
      { ...value("operation"), choices: ["set", "get", "mixed"] },
      value("ratio"),
      value("command"),
      value("duration"),
      value("requests"),
      value("warmup"),
      value("clients", "n"),
      value("pipeline"),
      value("mux-count"),
      value("workers"),
      value("rate"),
      value("data", "d"),
      value("keys"),
      value("key-size"),
      value("value-size"),
      value("seed"),
      flag("sequential"),
      value("zipf"),
      value("interval"),
      value("hdr")
    ]
  }
]
