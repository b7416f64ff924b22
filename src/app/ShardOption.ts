/** `--shard I/N`: the part of a data set that one of several runs takes, so that N machines share it exactly. */
import * as Options from "@effect/cli/Options"
import { type IndexRange, partOfRange } from "../dataset/FillPlan.ts"
import { convertedOption, type Converted } from "./CommandOption.ts"

export interface Shard {
  /** Which of the parts, from 1. */
  readonly part: number
  readonly parts: number
}

/** All of the data set. */
export const WHOLE: Shard = { part: 1, parts: 1 }

const MAX_PARTS = 65_536
const ALLOWED = `I/N with I from 1 to N and N up to ${MAX_PARTS}, as 2/3`
const SHARD = /^(\d{1,9})\/(\d{1,9})$/

/** @param verb what the command does with its part: `write` */
export const shardOption = (verb: string): Options.Options<Shard> =>
  convertedOption(
    {
      name: "shard",
      placeholder: "I/N",
      description: `${verb} part I of N of the keys, from 1/N to N/N, so that N runs share them (default 1/1)`
    },
    parseShard
  ).pipe(Options.withDefault(WHOLE))

/** @example parseShard("2/3") // { value: { part: 2, parts: 3 } } */
export const parseShard = (given: string): Converted<Shard> => {
  const match = SHARD.exec(given.trim())
  if (match === null) return { problem: "not a part of a whole", allowed: ALLOWED }
  const [part, parts] = [Number(match[1]), Number(match[2])]
  return parts <= MAX_PARTS && part >= 1 && part <= parts
    ? { value: { part, parts } }
    : { problem: "out of range", allowed: ALLOWED }
}

/** @example formatShard({ part: 2, parts: 3 }) // "2/3" */
export const formatShard = ({ part, parts }: Shard): string => `${part}/${parts}`

/** The indexes of the shard's keys: the shards of a range follow each other and leave nothing out. */
export const rangeOfShard = (range: IndexRange, { part, parts }: Shard): IndexRange =>
  partOfRange(range, part - 1, parts)
