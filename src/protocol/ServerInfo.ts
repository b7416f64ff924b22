/** What a server says of itself in INFO server: Redis in its own names, Valkey in names of its own. */

export interface ServerInfo {
  /** `redis` or `valkey`; empty when it does not say. */
  readonly name: string
  /** `7.0.15`. */
  readonly version: string
  /** `standalone`, `cluster`, `sentinel`. */
  readonly mode: string
}

/** @param info the reply's text; a part that is missing gives empty fields */
export const parseServerInfo = (info: string): ServerInfo => {
  // Valkey's redis_version is the one that it is compatible with.
  const [, name = "", version = ""] = VALKEY.exec(info) ?? REDIS.exec(info) ?? []
  return { name, version, mode: MODE.exec(info)?.[1] ?? "" }
}

const VALKEY = /^(valkey)_version:(\S+)/m
const REDIS = /^(redis)_version:(\S+)/m
const MODE = /^(?:redis|server)_mode:(\S+)/m
