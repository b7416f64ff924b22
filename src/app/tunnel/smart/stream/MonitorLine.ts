/** A command as MONITOR shows it, without what must not be read by others. */
import { quoted } from "../../../Quoting.ts"
import type { Command } from "../request/Command.ts"

const MICROSECONDS_PER_SECOND = 1_000_000
const MICROSECONDS_PER_MILLISECOND = 1000
const REDACTED = '"(redacted)"'

/** `from`: `host:port` of the client. */
export const monitorLine = (command: Command, from: string): Buffer => {
  const now = Math.floor((performance.timeOrigin + performance.now()) * MICROSECONDS_PER_MILLISECOND)
  const seconds = Math.floor(now / MICROSECONDS_PER_SECOND)
  const rest = String(now % MICROSECONDS_PER_SECOND).padStart(6, "0")
  const secrets = secretArguments(command)
  const words = command.args.map((argument, index) => (secrets.has(index) ? REDACTED : quoted(argument)))
  return Buffer.from(`+${seconds}.${rest} [0 ${from}] ${words.join(" ")}\r\n`, "latin1")
}

/** Passwords, and the users that they belong to, as a server leaves them out. */
const secretArguments = (command: Command): ReadonlySet<number> => {
  const secrets = new Set<number>()
  const hide = (index: number): void => void secrets.add(index)
  switch (command.entry?.name) {
    case "auth":
      for (let index = 1; index < command.args.length; index++) hide(index)
      break
    case "hello":
      for (let index = 2; index + 2 < command.args.length; index++) {
        if (command.word(index) !== "AUTH") continue
        hide(++index)
        hide(++index)
      }
      break
    case "migrate":
      for (let index = FIRST_MIGRATE_OPTION; index < command.args.length; index++) {
        const secretWords = command.word(index) === "AUTH" ? 1 : command.word(index) === "AUTH2" ? 2 : 0
        for (let count = 0; count < secretWords; count++) hide(++index)
        if (command.word(index) === "KEYS") break
      }
  }
  return secrets
}
const FIRST_MIGRATE_OPTION = 6
