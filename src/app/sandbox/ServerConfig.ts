/**
 * The configuration file of one server of the sandbox. A file and not
 * arguments, because anybody on the machine can read the arguments of a
 * process, and the password is in it.
 */
import type { CertificateFiles } from "./Certificates.ts"

export interface ServerConfig {
  readonly host: string
  readonly port: number
  /** Where the server keeps its files. */
  readonly folder: string
  readonly cluster: { readonly busPort: number; readonly nodeTimeoutMs: number } | undefined
  readonly tls: CertificateFiles | undefined
  readonly password: string | undefined
  /** What the caller sets on top; the last word on a name wins. */
  readonly extra: ReadonlyArray<ConfigSetting>
}

/** One `NAME=VALUE`; the value as it stands in a redis.conf, so it may hold several words. */
export type ConfigSetting = readonly [name: string, value: string]

/** How far a server's bus port is from its port unless `cluster-port`, new in Redis 7, says otherwise. */
export const BUS_PORT_OFFSET = 10_000

const SETTING = /^([A-Za-z][A-Za-z0-9-]*)=([^\r\n\0]*)$/

/** Reads `NAME=VALUE`; `undefined` when it is not one, or holds a line end. */
export const parseConfigSetting = (text: string): ConfigSetting | undefined => {
  const match = SETTING.exec(text)
  return match === null ? undefined : [match[1].toLowerCase(), match[2].trim()]
}

/** The text of the file. */
export const renderServerConfig = (config: ServerConfig): string => {
  const settings: ReadonlyArray<ConfigSetting> = [
    ["bind", config.host],
    ...(config.tls === undefined ? plainSettings(config.port) : tlsSettings(config.port, config.tls)),
    ["dir", quote(config.folder)],
    ["daemonize", "no"],
    ["save", '""'],
    ["appendonly", "no"],
    // The default waits five seconds for further replicas before it feeds the first.
    ["repl-diskless-sync", "yes"],
    ["repl-diskless-sync-delay", "0"],
    // A replica is left out of CLUSTER SLOTS until it has received something, and the first ping comes after ten.
    ["repl-ping-replica-period", "1"],
    ...(config.password === undefined ? [] : passwordSettings(quote(config.password))),
    ...(config.cluster === undefined ? [] : clusterSettings(config, config.cluster)),
    ...config.extra.map(([name, value]): ConfigSetting => [name, value === "" ? '""' : value])
  ]
  return settings.map(([name, value]) => `${name} ${value}\n`).join("")
}

const plainSettings = (port: number): ReadonlyArray<ConfigSetting> => [["port", String(port)]]

const tlsSettings = (port: number, files: CertificateFiles): ReadonlyArray<ConfigSetting> => [
  ["port", "0"],
  ["tls-port", String(port)],
  ["tls-cert-file", quote(files.serverCert)],
  ["tls-key-file", quote(files.serverKey)],
  ["tls-ca-cert-file", quote(files.ca)],
  // A client may show a certificate, which is then checked, but need not.
  ["tls-auth-clients", "optional"],
  ["tls-replication", "yes"],
  ["tls-cluster", "yes"]
]

const passwordSettings = (quoted: string): ReadonlyArray<ConfigSetting> => [
  ["requirepass", quoted],
  ["masterauth", quoted]
]

const clusterSettings = (
  { host, port }: ServerConfig,
  { busPort, nodeTimeoutMs }: { readonly busPort: number; readonly nodeTimeoutMs: number }
): ReadonlyArray<ConfigSetting> => [
  ["cluster-enabled", "yes"],
  ["cluster-config-file", "nodes.conf"],
  ["cluster-node-timeout", String(nodeTimeoutMs)],
  // A cluster of one is never told its own address by a peer.
  ["cluster-announce-ip", host],
  ...(busPort === port + BUS_PORT_OFFSET ? [] : [["cluster-port", String(busPort)] as const])
]

/** A value as redis.conf quotes it: whatever could end or change the word is written as \xHH. */
const quote = (text: string): string => {
  let quoted = '"'
  for (const byte of Buffer.from(text)) {
    const plain = byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c
    quoted += plain ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`
  }
  return `${quoted}"`
}
