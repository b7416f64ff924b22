/** What the server sends on its own, such as that a tracked key has changed, as redis-cli tells it. Pure. */
import { elements, type Push, type RespValue } from "../../../protocol/Resp.ts"
import { formatReply, TEXT } from "../reply/ReplyFormat.ts"
import { escaped } from "../../Quoting.ts"

/** @example pushText(push([bulkString("invalidate"), array([bulkString("a")])])) // "-> invalidate: 'a'" */
export const pushText = ({ value }: Push): string => {
  const [type, ...rest] = value
  const parts = rest.flatMap((each) => elements(each) ?? [each]).map(partText)
  return `-> ${type === undefined ? "" : partText(type).replaceAll("'", "")}: ${parts.join(", ")}`
}

const partText = (value: RespValue): string =>
  value._tag === "BulkString" ? `'${escaped(value.value)}'` : formatReply(value, TEXT).toString().trimEnd()
