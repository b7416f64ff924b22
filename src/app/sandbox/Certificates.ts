/** The certificates of a sandbox with TLS: an authority of its own, a server and a client that it vouches for. */
import * as Effect from "effect/Effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import type { CertificateExtension, GenerateResult } from "selfsigned"
import { SandboxError } from "./SandboxError.ts"

/** PEM texts. */
export interface KeyAndCertificate {
  readonly cert: string
  readonly key: string
}

export interface Certificates {
  /** The authority's certificate, which clients trust. */
  readonly ca: string
  /** For localhost, 127.0.0.1 and ::1; servers show it to clients and to each other. */
  readonly server: KeyAndCertificate
  /** For a client that is asked for one. */
  readonly client: KeyAndCertificate
}

/** Paths of PEM files. */
export interface CertificateFiles {
  readonly ca: string
  readonly serverCert: string
  readonly serverKey: string
  readonly clientCert: string
  readonly clientKey: string
}

/** Makes all of them; about 50 ms, since the keys are elliptic. Valid from an hour ago for a year. */
export const makeCertificates: Effect.Effect<Certificates, SandboxError> = Effect.tryPromise({
  try: async () => {
    // Loaded only for a sandbox with TLS: 160 ms for a package that no other run needs.
    const { generate } = await import("selfsigned")
    const notBeforeDate = new Date(Date.now() - CLOCK_ALLOWANCE_MS)
    const issue = (
      commonName: string,
      extensions: Array<CertificateExtension>,
      ca?: GenerateResult
    ): Promise<GenerateResult> =>
      generate([{ name: "commonName", value: commonName }], {
        keyType: "ec",
        algorithm: "sha256",
        notBeforeDate,
        extensions,
        ...(ca === undefined ? {} : { ca: { key: ca.private, cert: ca.cert } })
      })
    const authority = await issue("redis-client sandbox authority", AUTHORITY_EXTENSIONS)
    const [server, client] = await Promise.all([
      issue("localhost", SERVER_EXTENSIONS, authority),
      issue("redis-client sandbox client", CLIENT_EXTENSIONS, authority)
    ])
    return {
      ca: authority.cert,
      server: { cert: server.cert, key: server.private },
      client: { cert: client.cert, key: client.private }
    }
  },
  catch: (cause) =>
    new SandboxError({
      reason: "Folder",
      message: `sandbox: the certificates could not be made: ${String(cause)}`
    })
})

/** Writes the PEM files into the folder, keys readable by their owner alone. */
export const writeCertificates = (folder: string, certificates: Certificates): CertificateFiles => {
  const write = (name: string, pem: string): string => {
    const path = join(folder, name)
    writeFileSync(path, pem, { mode: name.endsWith(".key") ? 0o600 : 0o644 })
    return path
  }
  return {
    ca: write("ca.crt", certificates.ca),
    serverCert: write("server.crt", certificates.server.cert),
    serverKey: write("server.key", certificates.server.key),
    clientCert: write("client.crt", certificates.client.cert),
    clientKey: write("client.key", certificates.client.key)
  }
}

/** A clock that is set back a little must not make a fresh certificate "not yet valid". */
const CLOCK_ALLOWANCE_MS = 3_600_000

const AUTHORITY_EXTENSIONS: Array<CertificateExtension> = [
  { name: "basicConstraints", cA: true, critical: true },
  { name: "keyUsage", keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true }
]

const SERVER_EXTENSIONS: Array<CertificateExtension> = [
  {
    name: "subjectAltName",
    altNames: [
      { type: 2, value: "localhost" },
      { type: 7, ip: "127.0.0.1" },
      { type: 7, ip: "::1" }
    ]
  },
  // A server is a client on the cluster bus and towards its master.
  { name: "extKeyUsage", serverAuth: true, clientAuth: true }
]

const CLIENT_EXTENSIONS: Array<CertificateExtension> = [{ name: "extKeyUsage", clientAuth: true }]
