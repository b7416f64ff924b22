/** `--rate`: how much of something per second, as a number of it or as bytes. */
import * as Options from "@effect/cli/Options"
import type * as Option from "effect/Option"
import { convertedOption, type Converted, type OptionText } from "./CommandOption.ts"
import { parseSize } from "./Size.ts"

export type Rate =
  /** Keys per second. */
  | { readonly _tag: "Keys"; readonly keys: number }
  /** Bytes per second. */
  | { readonly _tag: "Bytes"; readonly bytes: number }

const ALLOWED = "1 or more keys per second, as 50000, or bytes per second, as 20MB"
const NUMBER = /^\d{1,15}$/

export const rateOption = (text: OptionText): Options.Options<Option.Option<Rate>> =>
  convertedOption({ placeholder: "RATE", ...text }, parseRate).pipe(Options.optional)

/** @example parseRate("20MB") // { value: { _tag: "Bytes", bytes: 20971520 } } */
export const parseRate = (given: string): Converted<Rate> => {
  const amount = given.trim().replace(/\/s$/i, "")
  const isNumber = NUMBER.test(amount)
  const value = isNumber ? Number(amount) : parseSize(amount)
  if (value === undefined) return { problem: "not a rate", allowed: ALLOWED }
  if (value < 1) return { problem: "out of range", allowed: ALLOWED }
  // A fraction of a key is a slip, where a fraction of a unit of bytes is not.
  if (!isNumber && !/[a-z]$/i.test(amount)) return { problem: "not a rate", allowed: ALLOWED }
  return { value: isNumber ? { _tag: "Keys", keys: value } : { _tag: "Bytes", bytes: value } }
}

export const keysPerSecond = (rate: Rate, bytesPerKey: number): number =>
  rate._tag === "Keys" ? rate.keys : rate.bytes / bytesPerKey
