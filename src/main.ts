/**
 * The file that node is given, dist/main.js: runs program.cjs beside it, with the bytecode that V8 made of it when it was
 * built. To parse and compile it anew is half of the time that one command takes.
 */
import { readFileSync } from "node:fs"
import * as module from "node:module"
import { fileURLToPath } from "node:url"
import { Script } from "node:vm"

/** What stands around the program so that it is a function of `require`: by scripts/build.mjs, which compiles the same text. */
declare const __WRAPPER__: readonly [before: string, after: string]

const PROGRAM = fileURLToPath(new URL("program.cjs", import.meta.url))
const CACHE = fileURLToPath(new URL("program.cache", import.meta.url))

const require = module.createRequire(import.meta.url)

/** The program's hash stands in its first line, behind `// `. */
const HASH = /^\/\/ ([0-9a-f]{64})\n/

/** The bytecode of this very program for this very V8, if that is what the file has: V8 itself compares no more than lengths. */
const bytecodeOf = (program: string): Buffer | undefined => {
  let cache: Buffer
  try {
    cache = readFileSync(CACHE)
  } catch {
    return undefined
  }
  const trailer = `${HASH.exec(program)?.[1]} ${process.versions.v8} ${process.arch}\n`
  return cache.toString("latin1", cache.length - trailer.length) === trailer
    ? cache.subarray(0, -trailer.length)
    : undefined
}

// The bundler writes nothing but ASCII.
const program = readFileSync(PROGRAM, "latin1")
const cachedData = bytecodeOf(program)
if (cachedData === undefined) {
  // Another version of node than the one that built it: from 22.1 on it keeps bytecode itself.
  const enable = (module as { readonly enableCompileCache?: () => unknown }).enableCompileCache
  enable?.()
  require(PROGRAM)
} else {
  const [before, after] = __WRAPPER__
  new Script(`${before}${program}${after}`, { filename: PROGRAM, cachedData }).runInThisContext()(require)
}
