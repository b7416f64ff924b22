#!/usr/bin/env node
// Adds to package-lock.json the optional packages of other platforms that npm left out. npm leaves them out when the
// registry at hand does not serve them (or when it updates a lock beside an existing node_modules), and then `npm ci`
// refuses the lock on every machine: "Missing: ... from lock file". To be run after every change of the lock;
// `npm run check` says when it was forgotten. They are named by their exact version, without a checksum, and are
// installed only where their system and processor match.
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { ROOT, runAsProgram } from "./setup.mjs"

const LOCK = join(ROOT, "package-lock.json")
const SYSTEMS = [
  "aix",
  "android",
  "darwin",
  "freebsd",
  "linux",
  "netbsd",
  "openbsd",
  "openharmony",
  "sunos",
  "win32"
]
/** The end of a package's name, and what npm calls that processor where the two differ. */
const ARM_VARIANTS = ["arm-eabi", "arm-gnueabihf", "arm-musleabihf"]

/** The packages that the lock names as optional and has no entry for. */
export const missingFrom = (packages) =>
  Object.entries(packages).flatMap(([parent, { dev, optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies)
      .filter(
        ([name]) => !(`node_modules/${name}` in packages) && !(`${parent}/node_modules/${name}` in packages)
      )
      .map(([name, version]) => ({ name, version, dev }))
  )

/** What npm would have written, as far as the name tells it: `@rollup/rollup-linux-x64-musl`. */
export const platformEntry = ({ dev, name, version }) => {
  const words = name.split("-")
  const at = words.findIndex((word) => SYSTEMS.includes(word))
  const rest = words.slice(at + 1).join("-")
  if (at < 0 || rest === "") return undefined
  const cpu = ARM_VARIANTS.includes(rest) ? "arm" : words[at + 1]
  const libc = words[at] === "linux" ? { musl: ["musl"], gnu: ["glibc"] }[words[at + 2]] : undefined
  return {
    version,
    cpu: [cpu],
    ...(dev === true ? { dev } : {}),
    ...(libc === undefined ? {} : { libc }),
    optional: true,
    os: [words[at]]
  }
}

await runAsProgram(import.meta.url, () => {
  const lock = JSON.parse(readFileSync(LOCK, "utf8"))
  const missing = missingFrom(lock.packages)
  for (const each of missing) {
    const entry = platformEntry(each)
    if (entry === undefined) {
      process.stderr.write(
        `complete-lock: the name of ${each.name} does not tell its platform: add it by hand\n`
      )
      return 1
    }
    lock.packages[`node_modules/${each.name}`] = entry
  }
  lock.packages = Object.fromEntries(Object.entries(lock.packages).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  if (missing.length > 0) writeFileSync(LOCK, `${JSON.stringify(lock, null, 2)}\n`)
  process.stderr.write(`complete-lock: ${missing.length} packages added\n`)
  return 0
})
