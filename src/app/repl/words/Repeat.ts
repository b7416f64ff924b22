/** A number in front repeats a command, as in redis-cli: `5 INCR n`. */
export interface RepeatedCommand {
  readonly times: number
  readonly words: ReadonlyArray<Buffer>
}

/** What redis-cli says of a number that is none to repeat by. */
export const INVALID_REPEAT = "Invalid redis-cli repeat command option value."

const LARGEST_REPEAT = 2n ** 63n - 1n

/** A number alone is a command like any other; `"invalid"`: not above 0, or beyond 64 bits. */
export const readRepeat = (words: ReadonlyArray<Buffer>): RepeatedCommand | "invalid" => {
  if (words.length < 2) return { times: 1, words }
  const first = words[0].toString("latin1")
  if (!DECIMAL.test(first)) return { times: 1, words }
  const times = BigInt(first.replace(/^\s*\+?/, ""))
  if (times <= 0n || times > LARGEST_REPEAT) return "invalid"
  return { times: Number(times), words: words.slice(1) }
}

/** What strtol reads to its end. */
const DECIMAL = /^[ \n\r\t\v\f]*[+-]?[0-9]+$/
