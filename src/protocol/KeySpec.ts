/**
 * Where the keys of a command stand, by the key specifications that a server
 * gives of it (COMMAND, since Redis 7.0): where to begin (at an index or after
 * a keyword) and which arguments from there on are keys (a range, or as many
 * as a count says).
 *
 * A specification that the arguments do not fit (a count that is no number or
 * too large, a keyword that is missing) contributes no key. Nothing throws.
 *
 * Does not know: keys that a script or a SORT pattern makes up.
 *
 * Source: https://redis.io/docs/latest/develop/reference/key-specs/ and
 * getKeysUsingKeySpecs in Redis's db.c
 */
import { calculateSlot } from "./HashSlot.ts"
import { type CommandArgument, type CommandArguments, utf8 } from "./Resp.ts"

export interface KeySpec {
  /** In upper case: what follows it is where to begin. "": `from` is. */
  readonly keyword: string
  /** An index; with a keyword the first one searched, counted from the end and searched backwards if negative. */
  readonly from: number
  /** Values that follow an option and are stepped over in search of the keyword, by the option's name. */
  readonly optionValues: ReadonlyMap<string, number> | undefined
  /** Whether an argument says how many keys there are; otherwise `lastKey` does. */
  readonly isCounted: boolean
  /** Where the count is, from where to begin. */
  readonly countIndex: number
  /** Where the first key is, from where to begin. */
  readonly firstKey: number
  /** From where to begin; if negative, counted from the end, where -1 is the last argument. */
  readonly lastKey: number
  /** From one key to the next; at least 1. */
  readonly step: number
  /** Only the first 1/limit of the arguments can be keys. 0: all can. */
  readonly limit: number
  /** Whether an empty argument is no key. */
  readonly ignoresEmpty: boolean
  readonly access: "RO" | "RW" | "OW" | "RM"
  /** A sharded channel: it has a slot as keys have, and is none. */
  readonly isChannel: boolean
}

/** All specifications have one shape, whatever they lack; by default one key, at `from`. */
export const makeKeySpec = (given: Partial<KeySpec> & { readonly from: number }): KeySpec => ({
  keyword: given.keyword ?? "",
  from: given.from,
  optionValues: given.optionValues,
  isCounted: given.isCounted ?? false,
  countIndex: given.countIndex ?? 0,
  firstKey: given.firstKey ?? 0,
  lastKey: given.lastKey ?? 0,
  step: given.step ?? 1,
  limit: given.limit ?? 0,
  ignoresEmpty: given.ignoresEmpty ?? false,
  access: given.access ?? "RW",
  isChannel: given.isChannel ?? false
})

/** What finding keys needs of a command; `keyLayout` makes the last three from the first. */
export interface KeyLayout {
  readonly keySpecs: ReadonlyArray<KeySpec>
  /** The first key's index, where it needs no search; otherwise 0. */
  readonly firstKey: number
  /** Arguments, name included, without which there is no first key. */
  readonly keyedLength: number
  /** At most one key, at `firstKey`. */
  readonly isSingleKey: boolean
}

/** The slot of a command without a key. */
export const NO_KEY = -1
/** The slot of a command whose keys belong to several. */
export const CROSS_SLOT = -2

export const keyLayout = (keySpecs: ReadonlyArray<KeySpec>): KeyLayout => {
  const [first] = keySpecs
  const isPlain =
    first !== undefined &&
    first.keyword === "" &&
    first.from > 0 &&
    !first.isCounted &&
    first.limit === 0 &&
    !first.ignoresEmpty
  if (!isPlain) return { keySpecs, firstKey: 0, keyedLength: 0, isSingleKey: false }
  return {
    keySpecs,
    firstKey: first.from,
    keyedLength: first.lastKey >= 0 ? first.from + first.lastKey + 1 : first.from - first.lastKey,
    isSingleKey: keySpecs.length === 1 && first.lastKey === 0
  }
}

/** The index of the first key in `args` (where 0 is the command's name); -1 when there is none. */
export const firstKeyIndex = (command: KeyLayout, args: CommandArguments): number => {
  if (command.firstKey > 0 && args.length >= command.keyedLength) return command.firstKey
  for (const spec of command.keySpecs) if (locate(spec, args)) return located.first
  return -1
}

/** The indexes of all keys (and sharded channels), in the order of the specifications. */
export const keyIndexes = (command: KeyLayout, args: CommandArguments): ReadonlyArray<number> => {
  const indexes: Array<number> = []
  for (const spec of command.keySpecs) {
    if (!locate(spec, args)) continue
    for (let index = located.first; index <= located.last; index += spec.step) indexes.push(index)
  }
  return indexes
}

/**
 * The slot that all keys of a command belong to, 0 to 16383; `NO_KEY` or
 * `CROSS_SLOT` when there is no such slot. On the path of every command: what
 * has one key costs one slot, and nothing is allocated.
 */
export const commandSlot = (command: KeyLayout, args: CommandArguments): number => {
  if (command.isSingleKey) {
    return args.length >= command.keyedLength ? calculateSlot(args[command.firstKey]) : NO_KEY
  }
  let slot = NO_KEY
  for (const spec of command.keySpecs) {
    if (!locate(spec, args)) continue
    const { first, last } = located
    for (let index = first; index <= last; index += spec.step) {
      const other = calculateSlot(args[index])
      if (slot === NO_KEY) slot = other
      else if (slot !== other) return CROSS_SLOT
    }
  }
  return slot
}

/** What `locate` found: one object, read before the next call, so that the hot path allocates none. */
const located = { first: 0, last: 0 }

/** Finds the first and the last key of a specification; false when the arguments do not fit it. */
const locate = (spec: KeySpec, args: CommandArguments): boolean => {
  const length = args.length
  const begin = spec.keyword === "" ? spec.from : keywordIndex(spec, args) + 1
  if (begin <= 0 || begin >= length) return false
  const first = begin + spec.firstKey
  let last: number
  if (spec.isCounted) {
    const countIndex = begin + spec.countIndex
    if (countIndex >= length) return false
    last = first + (countOf(args[countIndex]) - 1) * spec.step
  } else if (spec.lastKey >= 0) {
    last = begin + spec.lastKey
  } else if (spec.limit === 0) {
    last = length + spec.lastKey
  } else {
    last = begin + Math.floor((length - begin) / spec.limit) + spec.lastKey
  }
  if (last < first || last >= length) return false
  if (spec.ignoresEmpty && isEmpty(args[first])) return false
  located.first = first
  located.last = last
  return true
}

/** The index of the keyword; -1 when it is missing. */
const keywordIndex = (spec: KeySpec, args: CommandArguments): number => {
  const { keyword, from, optionValues } = spec
  if (from < 0) {
    for (let index = args.length + from; index > 0; index--) if (isWord(args[index], keyword)) return index
    return -1
  }
  for (let index = from; index < args.length; index++) {
    if (isWord(args[index], keyword)) return index
    if (optionValues !== undefined) index += optionValues.get(wordOf(args[index])) ?? 0
  }
  return -1
}

/** Whether an argument is this word, given in upper case, in any case. */
export const isWord = (argument: CommandArgument, word: string): boolean =>
  (typeof argument === "string" || typeof argument === "object") &&
  argument.length === word.length &&
  wordOf(argument) === word

/** An argument as a word of the syntax: its text in upper case. */
const wordOf = (argument: CommandArgument): string =>
  (typeof argument === "object" ? utf8(argument) : String(argument)).toUpperCase()

const isEmpty = (argument: CommandArgument): boolean =>
  (typeof argument === "string" || typeof argument === "object") && argument.length === 0

/** More digits than this cannot be a number of arguments. */
const MAX_COUNT_DIGITS = 9
const COUNT = /^(?:0|[1-9]\d*)$/

/** A number of keys as Redis reads it (no sign, no leading zero); 0 for anything else. */
const countOf = (argument: CommandArgument): number => {
  if (typeof argument === "object" && argument.length > MAX_COUNT_DIGITS) return 0
  const text = typeof argument === "object" ? utf8(argument) : String(argument)
  return text.length <= MAX_COUNT_DIGITS && COUNT.test(text) ? Number(text) : 0
}
