/** What COMMAND, COMMAND INFO and COMMAND DOCS say of a command. */
import type * as Option from "effect/Option"
import * as FromResp from "../reply/FromResp.ts"
import {
  array,
  type Decoder,
  integer,
  optional,
  struct,
  text,
  tuple,
  withDefault
} from "../reply/FromResp.ts"

export interface CommandDescription {
  readonly name: string
  /** Arguments, name included; if negative, at least as many. */
  readonly arity: number
  readonly flags: ReadonlyArray<string>
  readonly firstKey: number
  readonly lastKey: number
  readonly keyStep: number
  readonly aclCategories: ReadonlyArray<string>
  readonly tips: ReadonlyArray<string>
  readonly keySpecifications: ReadonlyArray<KeySpecification>
  readonly subcommands: ReadonlyArray<CommandDescription>
}

export interface KeySpecification {
  readonly notes: Option.Option<string>
  readonly flags: ReadonlyArray<string>
  readonly beginSearch: KeySearch
  readonly findKeys: KeySearch
}

/** How the keys are found: `index`, `keyword`, `range`, `keynum` or `unknown`, and the parameters of that. */
export interface KeySearch {
  readonly type: string
  readonly spec: Readonly<Record<string, string | number>>
}

const keySearch: Decoder<KeySearch> = struct({
  type: text,
  spec: FromResp.record(FromResp.orElse(integer, text))
})

const keySpecification: Decoder<KeySpecification> = struct({
  notes: optional(text),
  flags: array(text),
  beginSearch: keySearch,
  findKeys: keySearch
})

/** Descriptions hold descriptions, so the decoder has to refer to itself. */
export const commandDescription: Decoder<CommandDescription> = tuple({
  name: text,
  arity: integer,
  flags: array(text),
  firstKey: integer,
  lastKey: integer,
  keyStep: integer,
  aclCategories: array(text),
  tips: array(text),
  keySpecifications: array(keySpecification),
  subcommands: array(FromResp.make((reply) => commandDescription(reply)))
})

export interface CommandDocumentation {
  /** Empty, as `since` is, when a module says nothing of its command. */
  readonly summary: string
  readonly since: string
  readonly group: string
  readonly complexity: Option.Option<string>
  /** `deprecated`, `syscmd`. */
  readonly docFlags: ReadonlyArray<string>
  readonly deprecatedSince: Option.Option<string>
  readonly replacedBy: Option.Option<string>
  /** What changed, and since which version. */
  readonly history: ReadonlyArray<readonly [version: string, change: string]>
  readonly arguments: ReadonlyArray<ArgumentDocumentation>
  readonly subcommands: Readonly<Record<string, CommandDocumentation>>
}

export interface ArgumentDocumentation {
  readonly name: string
  readonly type: string
  readonly token: Option.Option<string>
  readonly flags: ReadonlyArray<string>
  readonly since: Option.Option<string>
  readonly deprecatedSince: Option.Option<string>
  /** Of a `oneof` or a `block`. */
  readonly arguments: ReadonlyArray<ArgumentDocumentation>
}

const argumentDocumentation: Decoder<ArgumentDocumentation> = struct({
  name: text,
  type: text,
  token: optional(text),
  flags: withDefault(array(text), []),
  since: optional(text),
  deprecatedSince: optional(text),
  arguments: withDefault(array(FromResp.make((reply) => argumentDocumentation(reply))), [])
})

const commandDocumentation: Decoder<CommandDocumentation> = struct({
  summary: withDefault(text, ""),
  since: withDefault(text, ""),
  group: text,
  complexity: optional(text),
  docFlags: withDefault(array(text), []),
  deprecatedSince: optional(text),
  replacedBy: optional(text),
  history: withDefault(FromResp.pairs(text, text), []),
  arguments: withDefault(array(argumentDocumentation), []),
  subcommands: withDefault(FromResp.record(FromResp.make((reply) => commandDocumentation(reply))), {})
})

/** By name, in lower case. */
export const commandDocs: Decoder<Readonly<Record<string, CommandDocumentation>>> =
  FromResp.record(commandDocumentation)

/** The keys of a command line, each with what the command does to it. */
export const keysAndFlags = <K>(name: Decoder<K>) => array(tuple({ key: name, flags: array(text) }))
