/** Standard input as a whole, for the argument that is read from it. */
import * as Effect from "effect/Effect"

/** As it is, a line end at its end included: the argument is that of redis-cli's `-x`. */
export const readStandardInput: Effect.Effect<Buffer> = Effect.promise(async () => {
  const chunks: Array<Buffer> = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
})
