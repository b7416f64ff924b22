import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import type { ConnectFlags } from "../../src/app/ConnectOptions.ts"

/** The shared options of a command line that gives none of them. */
export const NO_FLAGS: ConnectFlags = {
  host: [],
  port: Option.none(),
  url: Option.none(),
  username: Option.none(),
  password: Option.none(),
  askpass: false,
  tls: false,
  cacert: Option.none(),
  cert: Option.none(),
  key: Option.none(),
  sni: Option.none(),
  insecure: false,
  cluster: false,
  db: Option.none(),
  connectTimeout: Duration.seconds(5),
  commandTimeout: Duration.seconds(10),
  json: false
}
