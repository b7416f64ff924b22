/**
 * Commands whose reply depends on what is given: which of an entry's decoders
 * (ReplyTypes) a call has. The types of the methods follow the same conditions
 * (scripts/generate-commands.mjs).
 */
import type { Decoder } from "../reply/FromResp.ts"
import { type ArgumentSyntax, callSyntax } from "./ArgumentSyntax.ts"

/** Decoders by condition; the first that holds counts, `otherwise` stands last. */
export type ReplyVariants = Readonly<Record<string, Decoder<unknown>>>

export type SelectDecoder = (parameters: ReadonlyArray<unknown>) => Decoder<unknown>

/** Where a condition looks: a parameter, or a field of a parameter that is an object. */
export interface ConditionPlace {
  readonly parameter: number
  /** Of an option, or of a block. */
  readonly field: string | undefined
  readonly argument: ArgumentSyntax
}

export interface Condition {
  /** Any of them will do. */
  readonly places: ReadonlyArray<ConditionPlace>
  /** What it has to be given as: `bigint`, or a word; otherwise it need only be given. */
  readonly given: string | undefined
}

/** `a|b`: one of these is given; `name:bigint`, `name:WORD`: given as that. */
export const readCondition = (condition: string, syntax: ReadonlyArray<ArgumentSyntax>): Condition => {
  const [names, given] = condition.split(":")
  return { places: names.split("|").map((name) => findPlace(name, syntax)), given }
}

const findPlace = (name: string, syntax: ReadonlyArray<ArgumentSyntax>): ConditionPlace => {
  const { options, positional } = callSyntax(syntax)
  for (const [parameter, argument] of positional.entries()) {
    if (argument.name === name) return { parameter, field: undefined, argument }
    const part =
      argument.type === "block" ? argument.arguments?.find((each) => each.name === name) : undefined
    if (part !== undefined) return { parameter, field: name, argument: part }
  }
  const option = options.find((each) => each.name === name)
  if (option === undefined) throw new Error(`no argument is called ${name}`)
  return { parameter: positional.length, field: name, argument: option }
}

export const compileSelection = (
  variants: ReplyVariants,
  syntax: ReadonlyArray<ArgumentSyntax>
): SelectDecoder => {
  const { otherwise, ...rest } = variants
  const cases = Object.entries(rest).map(([name, decoder]) => ({
    condition: readCondition(name, syntax),
    decoder
  }))
  return (parameters) => {
    for (const { condition, decoder } of cases) if (holds(condition, parameters)) return decoder
    return otherwise
  }
}

const holds = ({ given, places }: Condition, parameters: ReadonlyArray<unknown>): boolean =>
  places.some(({ field, parameter }) => {
    const value = parameters[parameter]
    const found =
      field === undefined ? value : (value as Readonly<Record<string, unknown>> | undefined)?.[field]
    if (given === undefined) return found !== undefined && found !== false
    return given === "bigint" ? typeof found === "bigint" : found === given
  })
