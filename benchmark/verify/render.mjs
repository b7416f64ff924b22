// The reads of a data set in files, one per master: what a plain pipelined reader sends.
import { build } from "esbuild"
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { ROOT } from "../../scripts/setup.mjs"

/** Memory is better than a disk: the reader is to be limited by the server alone. */
const folderOf = () =>
  mkdtempSync(join(process.platform === "linux" ? "/dev/shm" : tmpdir(), "verify-benchmark-"))

const dataSetModule = async (folder) => {
  const outfile = join(folder, "DataSet.mjs")
  const names = ["dataset/DataSet", "dataset/FillPlan", "dataset/GroupFormat"]
  await build({
    stdin: {
      contents: names.map((name) => `export * from "./src/${name}.ts"`).join("\n"),
      resolveDir: ROOT
    },
    outfile,
    bundle: true,
    format: "esm",
    platform: "node"
  })
  return import(outfile)
}

/** GET of each key, or MGET of several keys of a slot; `remove` deletes the files. */
export const renderReads = async (nodes, keys, dataSetOptions, groupKeys) => {
  const folder = folderOf()
  const { DataSet, GroupFormat, planSlots } = await dataSetModule(folder)
  const set = new DataSet(dataSetOptions)
  const format = new GroupFormat(set, { _tag: "Read" })
  const get = Buffer.from("*2\r\n$3\r\nGET\r\n")
  const files = nodes.map(({ slots }, node) => {
    const path = join(folder, `node-${node}.resp`)
    const file = openSync(path, "w")
    const own = slots.flatMap(([first, last]) =>
      Array.from({ length: last - first + 1 }, (_, slot) => first + slot)
    )
    for (const cursor of planSlots({ from: 0, to: keys }, own, 1, groupKeys)) {
      for (; cursor.keys > 0; cursor.advance()) {
        const header = groupKeys === 1 ? get : format.header(cursor.keys)
        const command = Buffer.alloc(header.length + cursor.keys * format.itemLength)
        header.copy(command)
        for (let key = 0; key < cursor.keys; key++) {
          const item = header.length + key * format.itemLength
          format.renderItem(command, item)
          set.patchKey(cursor.first + key * 16384, command, item + format.keyOffset)
        }
        writeSync(file, command)
      }
    }
    closeSync(file)
    return path
  })
  return { files, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
