/** Where redis-server or valkey-server is. `scripts/setup.mjs` looks in the same places. */
import * as Effect from "effect/Effect"
import { accessSync, constants, statSync } from "node:fs"
import { delimiter, join } from "node:path"
import { SandboxError } from "./SandboxError.ts"

/** Either serves; Redis is what this project is measured against. */
const PROGRAMS = ["redis-server", "valkey-server"]

/** Where package managers put servers, whatever a minimal PATH says. */
const USUAL_FOLDERS = ["/usr/local/bin", "/usr/bin", "/usr/local/sbin", "/usr/sbin", "/opt/homebrew/bin"]

/** The absolute path of the server to start: the PATH first, then the usual folders. */
export const findServerProgram: Effect.Effect<string, SandboxError> = Effect.suspend(() => {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), ...USUAL_FOLDERS].filter(
    (folder) => folder !== ""
  )
  const paths = PROGRAMS.flatMap((program) => folders.map((folder) => join(folder, program)))
  const found = paths.find(isProgram)
  return found === undefined
    ? Effect.fail(
        new SandboxError({
          reason: "NoServer",
          message:
            "sandbox: neither redis-server nor valkey-server is on the PATH; install one (in a clone of this project `npm run setup` does)"
        })
      )
    : Effect.succeed(found)
})

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
