/**
 * CLIENT PAUSE and UNPAUSE. The proxy's clients wait here: on a connection that
 * many share, one that waits at a server would have the others wait with it. The
 * masters are told to take no writes as well, so that nothing expires or is
 * evicted meanwhile, and decide about what only they can judge: scripts,
 * functions and transactions, each on a connection of its client's own.
 */
import type { ProxyClient } from "../client/ProxyClient.ts"
import { countdown } from "../Countdown.ts"
import type { Handler } from "../dispatch/Dispatcher.ts"
import { askEach, firstError } from "../dispatch/FanOut.ts"
import * as Replies from "../dispatch/Replies.ts"
import { Command } from "../request/Command.ts"
import { PartRequest } from "../upstream/PartRequest.ts"

const BAD_MODE = Replies.error("ERR CLIENT PAUSE mode must be WRITE or ALL")
const BAD_TIMEOUT = Replies.error("ERR timeout is not an integer or out of range")
const NEGATIVE_TIMEOUT = Replies.error("ERR timeout is negative")
const INTEGER = /^-?\d{1,18}$/

interface Pause {
  readonly milliseconds: number
  readonly isForAll: boolean
}

/** An error reply when it is none. */
const pauseIn = (command: Command): Pause | Buffer => {
  const milliseconds = command.text(2)
  const kind = command.args.length > 3 ? command.word(3) : "ALL"
  if (command.args.length > 4 || (kind !== "ALL" && kind !== "WRITE")) return BAD_MODE
  if (!INTEGER.test(milliseconds)) return BAD_TIMEOUT
  if (Number(milliseconds) < 0) return NEGATIVE_TIMEOUT
  return { milliseconds: Number(milliseconds), isForAll: kind === "ALL" }
}

const pause: Handler = (client, command) => {
  const parsed = pauseIn(command)
  if (parsed instanceof Uint8Array) return client.reply(parsed, command.entry)
  const turn = client.turnFor(command.entry, -1, command.bytes, command.start, command.end)
  begin(client, parsed, (reply) => turn.answer(reply))
}

const unpause: Handler = (client, command) => {
  const turn = client.turnFor(command.entry, -1, command.bytes, command.start, command.end)
  end(client, (reply) => turn.answer(reply))
}

/** Clients wait from now on; the masters follow when they have executed what is on its way to them. */
const begin = (
  client: ProxyClient,
  { isForAll, milliseconds }: Pause,
  done: (reply: Buffer) => void
): void => {
  const { pause } = client.context
  pause.begin(milliseconds, isForAll)
  afterInFlight(client, () =>
    askEach(client, undefined, pauseWrites(milliseconds), "all-masters", (replies) => {
      const refusal = firstError(replies)
      // Counted from here it is over when the masters' is.
      if (refusal === undefined) pause.begin(milliseconds, isForAll)
      else pause.end()
      done(refusal ?? Replies.OK)
    })
  )
}

const pauseWrites = (milliseconds: number): Buffer =>
  Replies.command("CLIENT", "PAUSE", milliseconds, "WRITE")

const end = (client: ProxyClient, done: (reply: Buffer) => void): void =>
  askEach(client, undefined, UNPAUSE, "all-masters", (replies) => {
    client.context.pause.end()
    done(firstError(replies) ?? Replies.OK)
  })
const UNPAUSE = Replies.command("CLIENT", "UNPAUSE")

/** Once every shared connection has brought the replies to what was sent on it so far. */
const afterInFlight = (client: ProxyClient, action: () => void): void => {
  const { recovery, sets } = client.context
  const busy = Array.from(sets.all()).flatMap((set) =>
    Array.from(set.all()).filter(({ pending }) => pending > 0)
  )
  const settle = countdown(busy.length, action)
  const unheard = { ...recovery, onErrorReply: () => false, onLost: settle }
  for (const link of busy) {
    new PartRequest(client.set, unheard, undefined, -1, PING, settle).sendTo(link)
  }
}
const PING = Replies.command("PING")

/** Answered as a pause is, and without effect. */
const STAND_IN = Replies.command("CLIENT", "REPLY", "ON")

/** As a transaction has it at its node: the pause begins when the transaction is over, and not at one node alone. */
export const queuedPause = (command: Command): Command => {
  const { args, entry } = command
  const isPause = entry?.name === "client|pause" && !(pauseIn(command) instanceof Uint8Array)
  if (!isPause && entry?.name !== "client|unpause") return command
  return new Command(entry, args, STAND_IN, 0, STAND_IN.length)
}

/** What a transaction that has been executed has paused. */
export const applyQueuedPauses = (client: ProxyClient, executed: ReadonlyArray<Command>): void => {
  for (const command of executed) {
    if (command.bytes !== STAND_IN) continue
    const parsed = command.entry?.name === "client|pause" ? pauseIn(command) : undefined
    if (parsed === undefined) end(client, () => {})
    else if (!(parsed instanceof Uint8Array)) begin(client, parsed, () => {})
  }
}

export const pauseCommands: ReadonlyArray<readonly [name: string, handler: Handler]> = [
  ["client|pause", pause],
  ["client|unpause", unpause]
]
