/** Which commands change the state of their connection, or its use, and how. Pure. */
import * as Redacted from "effect/Redacted"
import { type CommandArgument, type CommandArguments, utf8 } from "../../../protocol/Resp.ts"
import { type ConnectionSetting, TRACKING } from "./ConnectionSettings.ts"

export type StatefulCommand =
  | { readonly _tag: "Multi" }
  | { readonly _tag: "Exec" }
  | { readonly _tag: "Discard" }
  | { readonly _tag: "Watch" }
  | { readonly _tag: "Unwatch" }
  | { readonly _tag: "Select"; readonly database: number }
  /** AUTH, and HELLO with whatever it is told. */
  | { readonly _tag: "Login"; readonly login: Login; readonly clientName: CommandArgument | undefined }
  | { readonly _tag: "SetName"; readonly clientName: CommandArgument }
  | { readonly _tag: "Setting"; readonly setting: ConnectionSetting }
  | { readonly _tag: "Replies"; readonly mode: "on" | "off" | "skip" }
  | { readonly _tag: "Reset" }
  | { readonly _tag: "Shutdown" }
  | { readonly _tag: "Subscribe"; readonly isSharded: boolean }
  | { readonly _tag: "Unsubscribe"; readonly type: string }
  | { readonly _tag: "Monitor" }
  /** Would leave the connection in a state that no command can be read from. */
  | { readonly _tag: "Refused"; readonly reason: string }

/** As whom, and how, to speak; what is `undefined` stays as it is. */
export interface Login {
  readonly username: string | undefined
  readonly password: Redacted.Redacted | undefined
  readonly protocol: 2 | 3 | undefined
}

/** `undefined` for a command that is like any other, also one whose arguments are wrong: the server will say so. */
export const statefulCommand = (command: CommandArguments): StatefulCommand | undefined => {
  const count = command.length - 1
  switch (word(command[0])) {
    case "MULTI":
      return { _tag: "Multi" }
    case "EXEC":
      return { _tag: "Exec" }
    case "DISCARD":
      return { _tag: "Discard" }
    case "WATCH":
      return count > 0 ? { _tag: "Watch" } : undefined
    case "UNWATCH":
      return { _tag: "Unwatch" }
    case "SELECT":
      return count === 1 && DATABASE.test(text(command[1]))
        ? { _tag: "Select", database: Number(text(command[1])) }
        : undefined
    case "AUTH":
      return authLogin(command)
    case "HELLO":
      return helloLogin(command)
    case "CLIENT":
      return clientCommand(command)
    case "READONLY":
    case "READWRITE":
      return setting("READONLY", word(command[0]) === "READWRITE")
    case "RESET":
      return { _tag: "Reset" }
    case "SHUTDOWN":
      return { _tag: "Shutdown" }
    case "SUBSCRIBE":
    case "PSUBSCRIBE":
      return count > 0 ? { _tag: "Subscribe", isSharded: false } : undefined
    case "SSUBSCRIBE":
      return count > 0 ? { _tag: "Subscribe", isSharded: true } : undefined
    case "UNSUBSCRIBE":
    case "PUNSUBSCRIBE":
    case "SUNSUBSCRIBE":
      return { _tag: "Unsubscribe", type: text(command[0]).toLowerCase() }
    case "MONITOR":
      return { _tag: "Monitor" }
    case "SYNC":
    case "PSYNC":
    case "REPLCONF":
      return { _tag: "Refused", reason: "it would turn the connection into a replica's" }
    case "SCRIPT":
      return count > 0 && word(command[1]) === "DEBUG"
        ? { _tag: "Refused", reason: "the debugger of scripts is not here; redis-cli --ldb has it" }
        : undefined
    default:
      return undefined
  }
}

const DATABASE = /^\d{1,9}$/

const setting = (name: string, isOff: boolean): StatefulCommand => ({
  _tag: "Setting",
  setting: { name, isOff }
})

const clientCommand = (command: CommandArguments): StatefulCommand | undefined => {
  if (command.length < 3) return undefined
  const name = word(command[1])
  const value = word(command[2])
  if (name === "TRACKING") return setting(TRACKING, value === "OFF")
  if (command.length > 3) return undefined
  switch (name) {
    case "NO-EVICT":
    case "NO-TOUCH":
      return setting(`CLIENT ${name}`, value === "OFF")
    case "SETNAME":
      return { _tag: "SetName", clientName: command[2] }
    case "REPLY":
      return value === "ON" || value === "OFF" || value === "SKIP"
        ? { _tag: "Replies", mode: value.toLowerCase() as "on" | "off" | "skip" }
        : undefined
    default:
      return undefined
  }
}

const authLogin = (command: CommandArguments): StatefulCommand | undefined => {
  if (command.length !== 2 && command.length !== 3) return undefined
  return {
    _tag: "Login",
    login: {
      username: command.length === 3 ? text(command[1]) : undefined,
      password: Redacted.make(text(command[command.length - 1])),
      protocol: undefined
    },
    clientName: undefined
  }
}

/** HELLO [version [AUTH user password] [SETNAME name]] */
const helloLogin = (command: CommandArguments): StatefulCommand | undefined => {
  if (command.length === 1) return undefined
  const version = text(command[1])
  let username: string | undefined
  let password: Redacted.Redacted | undefined
  let clientName: CommandArgument | undefined
  for (let index = 2; index < command.length; index++) {
    const option = word(command[index])
    if (option === "AUTH" && index + 2 < command.length) {
      username = text(command[++index])
      password = Redacted.make(text(command[++index]))
    } else if (option === "SETNAME" && index + 1 < command.length) {
      clientName = command[++index]
    }
  }
  const protocol = version === "2" ? 2 : version === "3" ? 3 : undefined
  return { _tag: "Login", login: { username, password, protocol }, clientName }
}

const text = (argument: CommandArgument): string =>
  typeof argument === "object" ? utf8(argument) : String(argument)

const word = (argument: CommandArgument): string => text(argument).toUpperCase()
