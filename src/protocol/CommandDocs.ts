/**
 * What COMMAND DOCS says of every command, for the prompt and for typed
 * commands. Not on the hot path: one command's text is parsed when it is asked
 * for.
 */
import { commandDocTexts } from "./CommandDocs.generated.ts"

export interface CommandDoc {
  readonly summary: string
  /** The first Redis version that has it. */
  readonly since: string
  readonly group: string
  readonly complexity?: string
  /** `deprecated`, `syscmd`. */
  readonly flags?: ReadonlyArray<string>
  readonly deprecatedSince?: string
  /** Words for a person, with Markdown's backquotes. */
  readonly replacedBy?: string
  readonly arguments?: ReadonlyArray<CommandArgumentDoc>
}

export interface CommandArgumentDoc {
  readonly name: string
  readonly type:
    "string" | "integer" | "double" | "key" | "pattern" | "unix-time" | "pure-token" | "oneof" | "block"
  /** The word in front of it, or that it is. */
  readonly token?: string
  /** Which of the server's key specifications finds it. */
  readonly keySpecIndex?: number
  readonly flags?: ReadonlyArray<"optional" | "multiple" | "multiple_token">
  readonly since?: string
  readonly deprecatedSince?: string
  /** Of a `oneof` or a `block`. */
  readonly arguments?: ReadonlyArray<CommandArgumentDoc>
}

/** The documentation of a command, named as in the table: `get`, `config|set`. */
export const commandDoc = (name: string): CommandDoc | undefined =>
  Object.hasOwn(commandDocTexts, name) ? (JSON.parse(commandDocTexts[name]) as CommandDoc) : undefined
