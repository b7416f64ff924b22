/** What a person can do about a connection that did not come about, in terms of the options there are. */
import type { ConnectionError } from "../connection/ConnectionError.ts"
import type { ConnectionOptions } from "../connection/ConnectionOptions.ts"

/** What happened and what to do, without the node. */
export const connectAdvice = (
  { detail, reason }: ConnectionError,
  { credentials, tls }: Pick<ConnectionOptions, "credentials" | "tls">
): string => {
  // The library's own advice names its options, which are not those of the command line.
  const what = detail.split(/[;:] (?=name its authority|does it expect TLS|does the server speak TLS)/)[0]
  const advice = adviceOn(reason, detail, tls !== undefined, credentials !== undefined)
  return advice === undefined ? what : `${what}; ${advice}`
}

const adviceOn = (
  reason: ConnectionError["reason"],
  detail: string,
  hasTls: boolean,
  hasCredentials: boolean
): string | undefined => {
  switch (reason) {
    case "Auth":
      return hasCredentials
        ? "check --username and --password (or REDISCLI_AUTH)"
        : "give it with --askpass, REDISCLI_AUTH or --password"
    case "Tls":
      return adviceOnTls(detail)
    case "Timeout":
      return "is the address right? --connect-timeout waits longer"
    case "Protocol":
    case "Closed":
      return hasTls ? undefined : EXPECTS_TLS
    default:
      return /handshake; does it expect TLS/.test(detail) && !hasTls ? EXPECTS_TLS : undefined
  }
}

const EXPECTS_TLS = "if the server expects TLS, add --tls (-t)"

const adviceOnTls = (detail: string): string => {
  if (/does not speak TLS/.test(detail)) return "leave --tls (-t) out"
  if (/does the server speak TLS/.test(detail))
    return "if the server does not speak TLS, leave --tls (-t) out"
  if (/not trusted|self.signed|unable to (get|verify)/i.test(detail)) {
    return "name its authority with --cacert, or trust any certificate with --insecure"
  }
  if (/certificate is for another name/.test(detail))
    return "name the server as its certificate does with --sni"
  return "check --cacert, --cert and --key"
}
