// The reads of a data set in files, one per master: what a plain pipelined reader sends.
import { closeSync, openSync, rmSync, writeSync } from "node:fs"
import { join } from "node:path"
import { folderInMemory, sourceModules } from "../fill/render.mjs"

const MODULES = ["dataset/DataSet.ts", "dataset/FillPlan.ts", "dataset/GroupFormat.ts"]

/** GET of each key, or MGET of several keys of a slot; `remove` deletes the files. */
export const renderReads = async (nodes, keys, dataSetOptions, groupKeys) => {
  const folder = folderInMemory()
  const { DataSet, GroupFormat, planSlots } = await sourceModules(folder, MODULES)
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
