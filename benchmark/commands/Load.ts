/** What every side is given to do, the same for all: which keys, which value, until when. */

export const OPERATIONS = ["GET", "SET"] as const
export type Operation = (typeof OPERATIONS)[number]

/** Spread over the slots by their hash. All exist, so that every GET is a hit. */
export const KEYS: ReadonlyArray<string> = Array.from({ length: 10_000 }, (_, index) => `command:${index}`)
export const VALUE_BYTES = 100
export const VALUE: string = Array.from({ length: VALUE_BYTES }, (_, index) =>
  (index % 36).toString(36)
).join("")

/** Prime to the number of keys, so that all come in turn and neighbours seldom share a node. */
const STRIDE = 7919

/** One run of callers in closed loops: each sends its next command when the last one is answered. */
export class Load {
  isOver = false
  /** Answered so far. */
  commands = 0
  private cursor = 0

  nextKey(): string {
    this.cursor = (this.cursor + STRIDE) % KEYS.length
    return KEYS[this.cursor]
  }

  /** Counts a reply, as text: every side has to have made text of it. Throws when it is not what was asked for. */
  received(operation: Operation, reply: string | null): void {
    if (operation === "GET" ? reply?.length !== VALUE_BYTES : reply !== "OK") {
      throw new Error(`${operation} was answered with ${reply === null ? "nil" : `'${reply}'`}`)
    }
    this.commands++
  }
}
