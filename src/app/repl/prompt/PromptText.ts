/** What stands in front of the line: where one is, and in which state. Pure. */
import type { SessionState } from "../session/CommandSession.ts"

/** @example promptText(state) // "alice@127.0.0.1:6379[2](TX)> " */
export const promptText = (state: SessionState): string => {
  if (!state.isConnected && !state.isCluster) return "not connected> "
  const user = state.user === undefined ? "" : `${state.user}@`
  const place = state.isCluster ? `${state.node} cluster` : state.node
  const database = state.database === 0 ? "" : `[${state.database}]`
  const transaction = state.transaction === undefined ? "" : "(TX)"
  return `${user}${place}${database}${transaction}> `
}
