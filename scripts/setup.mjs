#!/usr/bin/env node
// Makes a fresh clone ready: the locked npm packages, and a redis-server or valkey-server to test against.
// Runs before any package is installed, so it uses node's own modules only. What is there already is left alone.
//
//   node scripts/setup.mjs [--quiet] [--packages]
//     --quiet     print nothing when there is nothing to do
//     --packages  npm packages only (building and checking need no server)
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import {
  accessSync,
  constants,
  existsSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync
} from "node:fs"
import { delimiter, dirname, join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
const OLDEST_NODE = 20
const SERVER_PROGRAMS = ["redis-server", "valkey-server"]
/** Where package managers put servers, whatever a minimal PATH says. */
const USUAL_FOLDERS = ["/usr/local/bin", "/usr/bin", "/usr/local/sbin", "/usr/sbin", "/opt/homebrew/bin"]
const POLICY_FILE = "/usr/sbin/policy-rc.d"

/** A failure that is told in one line and ends the script with status 1. */
export class ScriptFailure extends Error {}

/** Runs one of the scripts as a program: a ScriptFailure is one line on stderr and exit status 1. */
export const runAsProgram = async (moduleUrl, main) => {
  if (process.argv[1] === undefined || moduleUrl !== pathToFileURL(realpathSync(process.argv[1])).href) return
  try {
    process.exitCode = await main(process.argv.slice(2))
  } catch (error) {
    if (!(error instanceof ScriptFailure)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  }
}

const say = (line) => process.stderr.write(`setup: ${line}\n`)

const findProgram = (names) => {
  const folders = [...(process.env.PATH ?? "").split(delimiter), ...USUAL_FOLDERS].filter(
    (folder) => folder !== ""
  )
  for (const name of names) {
    for (const folder of folders) {
      const path = join(folder, name)
      try {
        accessSync(path, constants.X_OK)
        if (statSync(path).isFile()) return path
      } catch {
        // not in this folder
      }
    }
  }
  return undefined
}

/** Runs a program with its output on our stderr (results go to stdout, and this is none). */
const run = (command, args, options = {}) => {
  say([command, ...args].join(" "))
  const ended = spawnSync(command, args, { cwd: ROOT, stdio: ["ignore", 2, 2], ...options })
  if (ended.signal === "SIGINT" || ended.signal === "SIGTERM")
    throw new ScriptFailure(`setup: stopped by ${ended.signal}`)
  return ended.status === 0
}

// ---- npm packages ----

const STAMP = join(ROOT, "node_modules", ".setup-stamp")

const fingerprint = (lock) =>
  createHash("sha256").update(lock).update(`${process.platform} ${process.arch}`).digest("hex")

/** True when what npm says it installed is what the lock names: packages installed by hand count too. */
const installedMatches = (lock) => {
  const hidden = join(ROOT, "node_modules", ".package-lock.json")
  if (!existsSync(hidden)) return false
  const installed = JSON.parse(readFileSync(hidden, "utf8")).packages
  const wanted = JSON.parse(lock.toString("utf8")).packages
  return (
    Object.entries(installed).every(([path, entry]) => wanted[path]?.version === entry.version) &&
    Object.entries(wanted).every(
      ([path, entry]) => path === "" || path in installed || entry.optional === true
    )
  )
}

const installPackages = () => {
  const lock = readFileSync(join(ROOT, "package-lock.json"))
  const stamp = fingerprint(lock)
  if (existsSync(STAMP) && readFileSync(STAMP, "utf8") === stamp) return false
  if (!installedMatches(lock)) {
    say("installing the locked npm packages")
    const npm = process.platform === "win32" ? "npm.cmd" : "npm"
    // NODE_ENV=production would leave the development packages out, and with them the build.
    if (!run(npm, ["ci", "--include=dev", "--no-audit", "--no-fund"])) {
      throw new ScriptFailure(
        "setup: npm ci failed (its own words are above); is the npm registry within reach?"
      )
    }
  }
  writeFileSync(STAMP, stamp)
  return true
}

// ---- the server ----

/** The path of an installed redis-server or valkey-server, or undefined. */
export const findServer = () => findProgram(SERVER_PROGRAMS)

const isRoot = () => process.getuid?.() === 0

/**
 * Debian and Ubuntu start a service on port 6379 when the package is installed and again at every boot. A policy
 * file that answers 101 is their own way to say "not now"; it is taken away again whatever happens. Where the
 * administrator has a policy of his own it is obeyed, and what it let start is stopped.
 */
const withoutStartingServices = (install) => {
  let ours = false
  // Installing a handler keeps Ctrl-C from ending this process before the policy file is removed.
  const ignore = () => {}
  process.on("SIGINT", ignore).on("SIGTERM", ignore)
  try {
    writeFileSync(POLICY_FILE, "#!/bin/sh\nexit 101\n", { mode: 0o755, flag: "wx" })
    ours = true
  } catch {
    // there is one already, or this is not root
  }
  try {
    return { installed: install(), obeyed: ours }
  } finally {
    if (ours) rmSync(POLICY_FILE, { force: true })
    process.off("SIGINT", ignore).off("SIGTERM", ignore)
  }
}

/** The package was not there before, so a running or enabled service of its name is this installation's doing. */
const stopNewService = (mayRun) => {
  const init = "/etc/init.d/redis-server"
  const service = "redis-server.service"
  if (findProgram(["systemctl"]) !== undefined) {
    const running = existsSync("/run/systemd/system")
    run("systemctl", running ? ["disable", "--now", service] : ["disable", service])
  } else if (mayRun && existsSync(init)) {
    run(init, ["stop"])
  }
}

/** In order of preference; the first whose program exists is used. */
const MANAGERS = [
  {
    program: "apt-get",
    advice: "sudo apt-get update && sudo apt-get install -y redis-server",
    install: () => {
      const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" }
      // A stale third-party list makes update fail although Debian's own lists are fine: the install tells.
      run("apt-get", ["update"], { env })
      const { installed, obeyed } = withoutStartingServices(() =>
        run(
          "apt-get",
          ["install", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120", "redis-server"],
          { env }
        )
      )
      if (installed) stopNewService(!obeyed)
    }
  },
  {
    program: "dnf",
    advice: "sudo dnf install -y redis || sudo dnf install -y valkey",
    install: () => run("dnf", ["install", "-y", "redis"]) || run("dnf", ["install", "-y", "valkey"])
  },
  {
    program: "apk",
    advice: "sudo apk add redis || sudo apk add valkey",
    install: () => run("apk", ["add", "redis"]) || run("apk", ["add", "valkey"])
  },
  { program: "brew", advice: "brew install redis", install: () => run("brew", ["install", "redis"]) }
]

const installServer = () => {
  if (findServer() !== undefined) return false
  const manager = MANAGERS.find(({ program }) => findProgram([program]) !== undefined)
  if (manager === undefined) {
    throw new ScriptFailure(
      "setup: neither redis-server nor valkey-server is on the PATH, nor apt-get, dnf, apk or brew to install one: install Redis 7 (or Valkey) or newer by hand"
    )
  }
  if (!isRoot() && !process.env.CI) {
    throw new ScriptFailure(
      `setup: neither redis-server nor valkey-server is on the PATH. Install one with:\n  ${manager.advice}`
    )
  }
  say(`neither redis-server nor valkey-server is on the PATH: installing one with ${manager.program}`)
  manager.install()
  if (findServer() === undefined) {
    throw new ScriptFailure(
      `setup: ${manager.program} did not install a server. Install one with:\n  ${manager.advice}`
    )
  }
  return true
}

/**
 * Installs what is missing; true when there was something to do.
 * @param {{ packagesOnly?: boolean }} [options]
 */
export const setup = (options = {}) => {
  if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
    throw new ScriptFailure(
      `setup: node ${process.versions.node} is too old: version ${OLDEST_NODE} or newer is needed`
    )
  }
  const packages = installPackages()
  const server = options.packagesOnly === true ? false : installServer()
  return packages || server
}

await runAsProgram(import.meta.url, (args) => {
  const unknown = args.find((arg) => arg !== "--quiet" && arg !== "--packages")
  if (unknown !== undefined) {
    process.stderr.write(`setup: unknown option ${unknown}: allowed are --quiet and --packages\n`)
    return 2
  }
  const packagesOnly = args.includes("--packages")
  setup({ packagesOnly })
  if (!args.includes("--quiet")) say(packagesOnly ? "ready" : `ready, with ${findServer()}`)
  return 0
})
