/** Where the history is kept: in the folder that the platform has for a program's state. Pure. */
import { posix, win32 } from "node:path"

/** For redis-cli and us alike: another file, and none if it is /dev/null or empty. */
export const HISTORY_VARIABLE = "REDISCLI_HISTFILE"

const FOLDER = "redis-client"
const FILE = "cli_history"

export interface Platform {
  readonly name: NodeJS.Platform
  readonly home: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** `undefined`: no history is kept. */
export const historyPath = ({ environment, home, name }: Platform): string | undefined => {
  const chosen = environment[HISTORY_VARIABLE]
  if (chosen !== undefined) return chosen === "" || chosen === "/dev/null" ? undefined : chosen
  switch (name) {
    case "win32":
      return win32.join(environment["LOCALAPPDATA"] ?? win32.join(home, "AppData", "Local"), FOLDER, FILE)
    case "darwin":
      return posix.join(home, "Library", "Application Support", FOLDER, FILE)
    default: {
      const state = environment["XDG_STATE_HOME"] ?? ""
      // Relative paths are to be ignored: https://specifications.freedesktop.org/basedir-spec/latest/
      return posix.join(posix.isAbsolute(state) ? state : posix.join(home, ".local", "state"), FOLDER, FILE)
    }
  }
}
