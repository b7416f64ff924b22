/**
 * Constructors for the options of a command, so that each of them reports a
 * bad value by its name and with what is allowed.
 *
 * @effect/cli's own errors name no option ("'abc' is not a integer") and let
 * negative integers pass, so every value option here is text to @effect/cli
 * and is converted by us. Argv.ts has already refused unknown options and
 * missing values, and joined the values of repeated ones.
 */
import * as HelpDoc from "@effect/cli/HelpDoc"
import * as Options from "@effect/cli/Options"
import * as ValidationError from "@effect/cli/ValidationError"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { badValue } from "./CommandLineError.ts"
import { VALUE_SEPARATOR } from "./OptionTable.ts"

export interface OptionText {
  /** The long name, without dashes. */
  readonly name: string
  /** The one-letter name, without its dash. */
  readonly alias?: string
  /** Other long names, without dashes. */
  readonly otherNames?: ReadonlyArray<string>
  /** What stands for the value in the help, in capitals: `BYTES`. */
  readonly placeholder?: string
  readonly description: string
}

/** The outcome of converting a value: what is wrong with it and what is allowed, or the value. */
export type Converted<A> = { readonly value: A } | { readonly problem: string; readonly allowed: string }

/** An option without a value: on when it is there. */
export const flagOption = (text: OptionText): Options.Options<boolean> =>
  described(Options.boolean(text.name), text)

/** Any text; `None` when the option is not there. */
export const textOption = (text: OptionText): Options.Options<Option.Option<string>> =>
  described(Options.text(text.name), text).pipe(Options.optional)

/** Text that must never be printed; `None` when the option is not there. */
export const redactedOption = (text: OptionText): Options.Options<Option.Option<Redacted.Redacted>> =>
  described(Options.text(text.name), text).pipe(Options.map(Redacted.make<string>), Options.optional)

/** Every value of an option that may be given several times, in order. */
export const repeatedOption = (text: OptionText): Options.Options<ReadonlyArray<string>> =>
  described(Options.text(text.name), text).pipe(
    Options.map((joined): ReadonlyArray<string> => joined.split(VALUE_SEPARATOR)),
    Options.withDefault([])
  )

/**
 * One of a few words. The same words stand in OptionTable.ts, by which another
 * one is refused before @effect/cli sees it.
 */
export const choiceOption = <const Choice extends string>(
  text: OptionText & { readonly choices: ReadonlyArray<Choice>; readonly default: NoInfer<Choice> }
): Options.Options<Choice> =>
  described(Options.choice(text.name, text.choices), {
    ...text,
    description: `${text.description} (default ${text.default})`
  }).pipe(Options.withDefault(text.default as Choice))

/** A value converted from its text; the option has to be there unless a default is added. */
export const convertedOption = <A>(
  text: OptionText,
  convert: (given: string) => Converted<A>
): Options.Options<A> =>
  described(Options.text(text.name), text).pipe(
    Options.mapEffect((given) => {
      const converted = convert(given)
      return "value" in converted
        ? Effect.succeed(converted.value)
        : Effect.fail(
            ValidationError.invalidValue(
              HelpDoc.p(
                badValue({
                  option: `--${text.name}`,
                  given,
                  problem: converted.problem,
                  allowed: converted.allowed
                })
              )
            )
          )
    })
  )

const described = <A>(option: Options.Options<A>, text: OptionText): Options.Options<A> => {
  const names = [...(text.alias === undefined ? [] : [text.alias]), ...(text.otherNames ?? [])]
  const named = names
    .reduce((named, name) => Options.withAlias(named, name), option)
    .pipe(Options.withDescription(text.description))
  return text.placeholder === undefined ? named : Options.withPseudoName(named, text.placeholder)
}
