import * as Data from "effect/Data"

/**
 * The command line is wrong: exit status 2, before anything was tried.
 *
 * `message` is one line that names the option, what was given and what is
 * allowed; never the value of a secret.
 */
export class CommandLineError extends Data.TaggedError("CommandLineError")<{ readonly message: string }> {}

/** What is wrong with the value of an option. */
export interface BadValue {
  /** With its dashes: `--value-size`. */
  readonly option: string
  readonly given: string
  /** What `given` fails to be: `not a whole number`, `out of range`. */
  readonly problem: string
  readonly allowed: string
}

/** @example badValue({ option: "--port", given: "x", problem: "not a whole number", allowed: "1 to 65535" }) */
export const badValue = ({ allowed, given, option, problem }: BadValue): string =>
  `${option}: '${printable(given)}' is ${problem}; allowed: ${allowed}`

const MAX_SHOWN_CHARACTERS = 80

/** An argument as it may stand in one line of an error: no control characters, not endless. */
export const printable = (argument: string): string => {
  const flat = argument.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, "?")
  return flat.length > MAX_SHOWN_CHARACTERS ? `${flat.slice(0, MAX_SHOWN_CHARACTERS)}...` : flat
}
