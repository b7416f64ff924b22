import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { generate } from "selfsigned"
import { readTlsOptions } from "../../src/app/CertificateFiles.ts"
import type { NamedFile, TlsFiles } from "../../src/app/ConnectSettings.ts"

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "certificate-files-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true }))
)

const none: TlsFiles = {
  cacert: undefined,
  cert: undefined,
  key: undefined,
  serverName: undefined,
  insecure: false
}
const named = (option: string, path: string): NamedFile => ({ option, path })
const refusal = (files: Partial<TlsFiles>) =>
  Effect.map(Effect.flip(readTlsOptions({ ...none, ...files })), ({ message }) => message)

describe("CertificateFiles", () => {
  it.scoped("reads the files, and says of each what is wrong with it", () =>
    Effect.gen(function* () {
      const path = yield* folder
      const write = (name: string, text: string): string => {
        writeFileSync(join(path, name), text)
        return join(path, name)
      }
      const own = yield* Effect.promise(() => generate())
      const other = yield* Effect.promise(() => generate())
      const cert = named("--cert", write("cert.pem", own.cert))
      const key = named("--key", write("key.pem", own.private))
      const otherKey = named("--key", write("other.pem", other.private))
      const garbage = write("garbage.pem", "-----BEGIN CERTIFICATE-----\nabc\n")
      const options = yield* readTlsOptions({
        cacert: named("--cacert", cert.path),
        cert,
        key,
        serverName: "name",
        insecure: true
      })
      expect(options).toEqual({
        ca: own.cert,
        cert: own.cert,
        key: own.private,
        serverName: "name",
        insecure: true
      })
      expect(yield* refusal({ cacert: named("--cacert", "/no/such") })).toBe(
        "--cacert: '/no/such' cannot be read: there is no such file"
      )
      expect(yield* refusal({ cacert: named("REDIS_CLIENT_CACERT", path) })).toBe(
        `REDIS_CLIENT_CACERT: '${path}' cannot be read: it is a folder`
      )
      expect(yield* refusal({ cacert: named("--cacert", garbage) })).toContain("holds no PEM certificate")
      expect(yield* refusal({ cert, key: named("--key", cert.path) })).toContain("holds no PEM private key")
      expect(yield* refusal({ cert, key: otherKey })).toBe(
        `--key: '${otherKey.path}' is not the key of the certificate of --cert`
      )
    })
  )
})
