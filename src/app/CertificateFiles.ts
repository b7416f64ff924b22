/** Reads the PEM files that TLS was given, and says which of them is unusable before anything connects. */
import * as Effect from "effect/Effect"
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto"
import { readFile } from "node:fs/promises"
import type { TlsOptions } from "../connection/ConnectionOptions.ts"
import { CommandLineError, printable } from "./CommandLineError.ts"
import type { NamedFile, TlsFiles } from "./ConnectSettings.ts"

export const readTlsOptions = (files: TlsFiles): Effect.Effect<TlsOptions, CommandLineError> =>
  Effect.gen(function* () {
    const ca = files.cacert === undefined ? undefined : yield* readCertificate(files.cacert)
    // Neither is there without the other.
    const pair =
      files.cert === undefined || files.key === undefined
        ? undefined
        : yield* readKeyPair(files.cert, files.key)
    return {
      ca: ca?.pem,
      cert: pair?.cert,
      key: pair?.key,
      serverName: files.serverName,
      insecure: files.insecure
    }
  })

/** A certificate and its own key, as PEM texts. */
export const readKeyPair = (
  certFile: NamedFile,
  keyFile: NamedFile
): Effect.Effect<{ readonly cert: string; readonly key: string }, CommandLineError> =>
  Effect.gen(function* () {
    const cert = yield* readCertificate(certFile)
    const key = yield* readKey(keyFile)
    return cert.certificate.checkPrivateKey(key.key)
      ? { cert: cert.pem, key: key.pem }
      : yield* unusable(keyFile, `is not the key of the certificate of ${certFile.option}`)
  })

const readCertificate = (
  file: NamedFile
): Effect.Effect<{ pem: string; certificate: X509Certificate }, CommandLineError> =>
  Effect.flatMap(read(file), (pem) =>
    Effect.try({
      try: () => ({ pem, certificate: new X509Certificate(pem) }),
      catch: () => unusable(file, "holds no PEM certificate")
    })
  )

const readKey = (file: NamedFile): Effect.Effect<{ pem: string; key: KeyObject }, CommandLineError> =>
  Effect.flatMap(read(file), (pem) =>
    Effect.try({
      try: () => ({ pem, key: createPrivateKey(pem) }),
      catch: () =>
        unusable(
          file,
          pem.includes("ENCRYPTED")
            ? "is encrypted; allowed: a key without a passphrase"
            : "holds no PEM private key"
        )
    })
  )

const read = (file: NamedFile): Effect.Effect<string, CommandLineError> =>
  Effect.tryPromise({
    try: () => readFile(file.path, "utf8"),
    catch: (error) => unusable(file, `cannot be read: ${reasonOf(error as NodeJS.ErrnoException)}`)
  })

const reasonOf = ({ code, message }: NodeJS.ErrnoException): string => {
  switch (code) {
    case "ENOENT":
      return "there is no such file"
    case "EACCES":
      return "permission denied"
    case "EISDIR":
      return "it is a folder"
    default:
      return code ?? message
  }
}

const unusable = (file: NamedFile, problem: string): CommandLineError =>
  new CommandLineError({ message: `${file.option}: '${printable(file.path)}' ${problem}` })
