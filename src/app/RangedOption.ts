/** Options whose value is a number, an amount of data or a length of time within a range. */
import * as Options from "@effect/cli/Options"
import * as Duration from "effect/Duration"
import type * as Option from "effect/Option"
import { convertedOption, type Converted, type OptionText } from "./CommandOption.ts"
import { formatDuration, parseDuration } from "./DurationText.ts"
import { formatSize, parseSize } from "./Size.ts"

export interface IntegerRange extends OptionText {
  readonly min: number
  /** At most 2^53 - 1, which is also the default. */
  readonly max?: number
}

export interface SizeRange extends OptionText {
  /** Bytes. */
  readonly min: number
  /** Bytes; at most 2^53 - 1, which is also the default. */
  readonly max?: number
  /** Bytes that a number without a unit stands for (default 1). */
  readonly bareUnit?: number
}

export interface DurationRange extends OptionText {
  readonly min: Duration.DurationInput
  readonly max?: Duration.DurationInput
}

/** A whole number within `min` to `max`; `None` when it is not there and there is no default. */
export function integerOption(range: IntegerRange & { readonly default: number }): Options.Options<number>
export function integerOption(range: IntegerRange): Options.Options<Option.Option<number>>
export function integerOption(
  range: IntegerRange & { readonly default?: number }
): Options.Options<number | Option.Option<number>> {
  return withDefault(
    { placeholder: "N", ...range },
    (value) => String(value),
    (given) => parseInteger(given, range.min, range.max)
  )
}

/** An amount of data in bytes within `min` to `max`: `500MB`, `2GB`, `0.5` of `bareUnit`. */
export function sizeOption(range: SizeRange & { readonly default: number }): Options.Options<number>
export function sizeOption(range: SizeRange): Options.Options<Option.Option<number>>
export function sizeOption(
  range: SizeRange & { readonly default?: number }
): Options.Options<number | Option.Option<number>> {
  return withDefault({ placeholder: "SIZE", ...range }, formatSize, (given) => convertSize(given, range))
}

/** A length of time within `min` to `max`: `5s`, `500ms`, `2m`; a bare number is seconds. */
export function durationOption(
  range: DurationRange & { readonly default: Duration.DurationInput }
): Options.Options<Duration.Duration>
export function durationOption(range: DurationRange): Options.Options<Option.Option<Duration.Duration>>
export function durationOption(
  range: DurationRange & { readonly default?: Duration.DurationInput }
): Options.Options<Duration.Duration | Option.Option<Duration.Duration>> {
  const { default: fallback, ...rest } = { placeholder: "DURATION", ...range }
  return withDefault(
    fallback === undefined ? rest : { ...rest, default: Duration.decode(fallback) },
    durationText,
    (given) => convertDuration(given, range)
  )
}

const INTEGER = /^[+-]?\d{1,30}$/

/** The whole number that `given` spells, if it lies within `min` to `max`. */
export const parseInteger = (
  given: string,
  min: number,
  max: number = Number.MAX_SAFE_INTEGER
): Converted<number> => {
  const allowed = `${min} to ${max}`
  if (!INTEGER.test(given)) return { problem: "not a whole number", allowed }
  const value = Number(given)
  return value >= min && value <= max ? { value } : { problem: "out of range", allowed }
}

const convertSize = (given: string, range: SizeRange): Converted<number> => {
  const bareUnit = range.bareUnit ?? 1
  const max = range.max ?? Number.MAX_SAFE_INTEGER
  const bare = bareUnit === 1 ? "" : ` (a bare number is ${formatSize(bareUnit).slice(2)})`
  const upTo = range.max === undefined ? "or more" : `to ${formatSize(max)}`
  const allowed = `${formatSize(range.min)} ${upTo}, as 500MB or 2GB${bare}`
  const value = parseSize(given, bareUnit)
  if (value === undefined) return { problem: "not a size", allowed }
  return value >= range.min && value <= max ? { value } : { problem: "out of range", allowed }
}

const convertDuration = (given: string, range: DurationRange): Converted<Duration.Duration> => {
  const upTo = range.max === undefined ? "or more" : `to ${durationText(range.max)}`
  const allowed = `${durationText(range.min)} ${upTo}, as 500ms, 5s or 2m (a bare number is seconds)`
  const milliseconds = parseDuration(given)
  if (milliseconds === undefined) return { problem: "not a duration", allowed }
  const value = Duration.millis(milliseconds)
  const within =
    Duration.greaterThanOrEqualTo(value, range.min) &&
    (range.max === undefined || Duration.lessThanOrEqualTo(value, range.max))
  return within ? { value } : { problem: "out of range", allowed }
}

const durationText = (duration: Duration.DurationInput): string => formatDuration(Duration.toMillis(duration))

const withDefault = <A>(
  text: OptionText & { readonly default?: A },
  show: (value: A) => string,
  convert: (given: string) => Converted<A>
): Options.Options<A | Option.Option<A>> =>
  text.default === undefined
    ? convertedOption(text, convert).pipe(Options.optional)
    : convertedOption(
        { ...text, description: `${text.description} (default ${show(text.default)})` },
        convert
      ).pipe(Options.withDefault(text.default))
