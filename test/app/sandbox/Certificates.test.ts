import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { createPrivateKey, X509Certificate } from "node:crypto"
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { makeCertificates, writeCertificates } from "../../../src/app/sandbox/Certificates.ts"

it.effect(
  "makes a server certificate for every name of this machine, and a client's, both by the authority",
  () =>
    Effect.gen(function* () {
      const { ca, client, server } = yield* makeCertificates
      const authority = new X509Certificate(ca)
      const shown = new X509Certificate(server.cert)
      expect(authority.ca).toBe(true)
      expect(shown.ca).toBe(false)
      expect(shown.checkHost("localhost")).toBe("localhost")
      expect(shown.checkIP("127.0.0.1")).toBe("127.0.0.1")
      expect(shown.checkIP("::1")).toBe("::1")
      expect(shown.checkHost("example.com")).toBeUndefined()
      for (const { cert, key } of [server, client]) {
        const certificate = new X509Certificate(cert)
        expect(certificate.verify(authority.publicKey)).toBe(true)
        expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true)
        expect(Date.parse(certificate.validFrom)).toBeLessThan(Date.now())
      }
    })
)

it.effect("writes keys that only their owner can read", () =>
  Effect.gen(function* () {
    const folder = mkdtempSync(join(tmpdir(), "redis-client-certificates-"))
    try {
      const certificates = yield* makeCertificates
      const files = writeCertificates(folder, certificates)
      expect(readFileSync(files.ca, "utf8")).toBe(certificates.ca)
      expect(statSync(files.serverKey).mode & 0o777).toBe(0o600)
      expect(statSync(files.clientKey).mode & 0o777).toBe(0o600)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
)
