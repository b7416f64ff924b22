/** A command's name as it is told: its first word, in upper case. Never an argument, which may be a secret. */
import { type CommandArguments, utf8 } from "../../../protocol/Resp.ts"

export const nameOf = ([name]: CommandArguments): string =>
  (typeof name === "object" ? utf8(name) : String(name)).toUpperCase()
