/** Commands from standard input, as they come, and no faster than they are taken. */
import * as Effect from "effect/Effect"
import type { Readable } from "node:stream"
import type { CommandArguments } from "../../../protocol/Resp.ts"
import { CommandReader, type ReadCommand } from "./CommandReader.ts"

/**
 * With so much waiting, no more is read; one command that is longer is still
 * read whole. 16 384 commands were no quicker and took 60 MB more.
 */
const MOST_COMMANDS = 4096
const MOST_BYTES = 8 * 1024 * 1024

export interface CommandInput {
  /** What has come since the last time: at least one command, or none at the end of the input. */
  readonly take: Effect.Effect<ReadonlyArray<ReadCommand>>
  /** What the numbers of the commands count. */
  readonly unit: () => "line" | "command"
  /** Why the input could not be read to its end. */
  readonly problem: () => string | undefined
}

export const make = (input: Readable): CommandInput => {
  let waiting: Array<ReadCommand> = []
  let waitingBytes = 0
  let hasEnded = false
  let failure: string | undefined
  let wake: (() => void) | undefined
  const reader = new CommandReader((command) => {
    waiting.push(command)
    waitingBytes += sizeOf(command.words)
  })
  const notify = (): void => {
    const waker = wake
    wake = undefined
    waker?.()
  }
  const finish = (): void => {
    if (hasEnded) return
    hasEnded = true
    reader.end()
    notify()
  }
  input.on("data", (chunk: Buffer) => {
    reader.push(chunk)
    if (reader.problem !== undefined) {
      input.destroy()
      return finish()
    }
    if (waiting.length > MOST_COMMANDS || waitingBytes > MOST_BYTES) input.pause()
    if (waiting.length > 0) notify()
  })
  input.on("end", finish)
  input.on("close", finish)
  input.on("error", (error) => {
    failure = `standard input cannot be read: ${error.message}`
    finish()
  })
  return {
    take: Effect.async((resume) => {
      const look = (): void => {
        if (waiting.length === 0 && !hasEnded) {
          wake = look
          return
        }
        const taken = waiting
        waiting = []
        waitingBytes = 0
        input.resume()
        resume(Effect.succeed(taken))
      }
      look()
    }),
    unit: () => reader.unit,
    problem: () => failure ?? reader.problem
  }
}

const sizeOf = (words: CommandArguments): number => {
  let size = 0
  for (const word of words) size += typeof word === "number" || typeof word === "bigint" ? 8 : word.length
  return size
}
