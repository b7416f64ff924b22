/** The arguments of a command as people write them: `key value [NX|XX] [EX seconds|KEEPTTL]`. Pure. */
import type { CommandArgumentDoc } from "../../../../protocol/CommandDocs.ts"

/** @example argumentsText(commandDoc("get")!.arguments!) // "key" */
export const argumentsText = (args: ReadonlyArray<CommandArgumentDoc>): string =>
  args.map(argumentText).join(" ")

export const argumentText = (argument: CommandArgumentDoc): string => {
  const once = onceText(argument)
  const text = isMultiple(argument) ? `${once} [${repeatedText(argument)} ...]` : once
  return isOptional(argument) ? `[${text}]` : text
}

/** What may follow after one of many: the same again, with its token if that is said each time. */
export const againText = (argument: CommandArgumentDoc): string => `[${repeatedText(argument)} ...]`

/** Without its token, which has been typed already. */
export const valueText = (argument: CommandArgumentDoc): string => {
  switch (argument.type) {
    case "oneof":
      return (argument.arguments ?? []).map((each) => onceText(each)).join("|")
    case "block":
      return argumentsText(argument.arguments ?? [])
    case "pure-token":
      return ""
    default:
      return argument.name
  }
}

const onceText = (argument: CommandArgumentDoc): string =>
  [tokenText(argument), valueText(argument)].filter((part) => part !== "").join(" ")

const repeatedText = (argument: CommandArgumentDoc): string =>
  argument.flags?.includes("multiple_token") === true ? onceText(argument) : valueText(argument)

const tokenText = ({ token }: CommandArgumentDoc): string => (token === "" ? '""' : (token ?? ""))

export const isOptional = ({ flags }: CommandArgumentDoc): boolean => flags?.includes("optional") === true

export const isMultiple = ({ flags }: CommandArgumentDoc): boolean => flags?.includes("multiple") === true
