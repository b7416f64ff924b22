// The data set of a fill as plain SET commands in files, one per master: what the raw replay sends. Rendered by our own
// data set, so that it is the same bytes, key by key.
import { build } from "esbuild"
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { ROOT } from "../../scripts/setup.mjs"

const REPLIES_OFF = "*3\r\n$6\r\nCLIENT\r\n$5\r\nREPLY\r\n$3\r\nOFF\r\n"
const BUFFER_BYTES = 8 * 1024 * 1024

/** Memory is better than a disk: the replay is to be limited by the server alone. */
export const folderInMemory = () =>
  mkdtempSync(join(process.platform === "linux" ? "/dev/shm" : tmpdir(), "redis-client-benchmark-"))

/** Our own modules, by their paths below src. */
export const sourceModules = async (folder, paths) => {
  const outfile = join(folder, "source.mjs")
  const contents = paths.map((path) => `export * from "./src/${path}"`).join("\n")
  await build({
    stdin: { contents, resolveDir: ROOT },
    outfile,
    bundle: true,
    format: "esm",
    platform: "node"
  })
  return import(outfile)
}

/** The keys of each node, in files; `remove` deletes them. `isSilent` begins them with CLIENT REPLY OFF. */
export const renderSets = async (nodes, keys, dataSetOptions, isSilent) => {
  const folder = folderInMemory()
  const { DataSet, slotOfIndex } = await sourceModules(folder, ["dataset/DataSet.ts", "dataset/KeyFormat.ts"])
  const set = new DataSet(dataSetOptions)
  const { keySize, valueSize } = dataSetOptions
  const before = `*3\r\n$3\r\nSET\r\n$${keySize}\r\n`
  const between = `\r\n$${valueSize}\r\n`
  const length = before.length + keySize + between.length + valueSize + 2
  const files = nodes.map(({ slots }, node) => {
    const path = join(folder, `node-${node}.resp`)
    const file = openSync(path, "w")
    if (isSilent) writeSync(file, REPLIES_OFF)
    const isOwn = (slot) => slots.some(([first, last]) => first <= slot && slot <= last)
    const buffer = Buffer.alloc(Math.max(1, Math.floor(BUFFER_BYTES / length)) * length)
    let used = 0
    for (let index = 0; index < keys; index++) {
      if (!isOwn(slotOfIndex(index))) continue
      buffer.write(before, used)
      set.renderKey(index, buffer, used + before.length)
      buffer.write(between, used + before.length + keySize)
      set.renderValue(index, buffer, used + before.length + keySize + between.length)
      buffer.write("\r\n", used + length - 2)
      used += length
      if (used === buffer.length) {
        writeSync(file, buffer)
        used = 0
      }
    }
    writeSync(file, buffer, 0, used)
    closeSync(file)
    return path
  })
  return { files, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
