/** COMMAND DOCS of one command, on RESP2 and RESP3: for a module's commands, and those of a newer server. Pure. */
import type { CommandArgumentDoc, CommandDoc } from "../../../../protocol/CommandDocs.ts"
import { elements, type RespValue, text } from "../../../../protocol/Resp.ts"

/** `undefined` if the server has none either. */
export const docFromReply = (reply: RespValue): CommandDoc | undefined => {
  const [entry] = fieldsOf(reply).values()
  if (entry === undefined) return undefined
  const fields = fieldsOf(entry)
  return {
    summary: textOf(fields.get("summary")),
    since: textOf(fields.get("since")),
    group: textOf(fields.get("group")),
    ...(fields.has("complexity") ? { complexity: textOf(fields.get("complexity")) } : {}),
    arguments: argumentsOf(fields.get("arguments"))
  }
}

const argumentsOf = (list: RespValue | undefined): ReadonlyArray<CommandArgumentDoc> =>
  (list === undefined ? [] : (elements(list) ?? [])).map((each) => {
    const fields = fieldsOf(each)
    const flags = fields.get("flags")
    return {
      name: textOf(fields.get("display_text") ?? fields.get("name")),
      type: textOf(fields.get("type")) as CommandArgumentDoc["type"],
      ...(fields.has("token") ? { token: textOf(fields.get("token")) } : {}),
      flags: (flags === undefined ? [] : (elements(flags) ?? [])).map(textOf) as NonNullable<
        CommandArgumentDoc["flags"]
      >,
      arguments: argumentsOf(fields.get("arguments"))
    }
  })

const fieldsOf = (value: RespValue): ReadonlyMap<string, RespValue> => {
  if (value._tag === "Map") return new Map(value.value.map(([name, field]) => [textOf(name), field]))
  const flat = elements(value) ?? []
  const fields = new Map<string, RespValue>()
  for (let index = 0; index + 1 < flat.length; index += 2) fields.set(textOf(flat[index]), flat[index + 1])
  return fields
}

const textOf = (value: RespValue | undefined): string => (value === undefined ? "" : (text(value) ?? ""))
