/** Names with their values, whichever version of the protocol they came in. */
import * as Resp from "../../../../protocol/Resp.ts"
import type { RespValue } from "../../../../protocol/Resp.ts"

export type Pairs = ReadonlyArray<readonly [RespValue, RespValue]>

/** Of a map, or of the flat array that RESP2 has for one. */
export const pairsOf = (value: RespValue): Pairs => {
  if (value._tag === "Map") return value.value
  const flat = Resp.elements(value) ?? []
  return flat.flatMap((name, index): Pairs => (index % 2 === 0 ? [[name, flat[index + 1]]] : []))
}
