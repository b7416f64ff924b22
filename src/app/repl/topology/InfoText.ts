/** What INFO and CLUSTER INFO say: lines of `name:value`. */

/** Every field, in the order in which it comes. */
export const infoFields = (text: string): ReadonlyMap<string, string> => {
  const fields = new Map<string, string>()
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(":")
    if (colon > 0 && !line.startsWith("#")) fields.set(line.slice(0, colon), line.slice(colon + 1))
  }
  return fields
}

/** 0 for what is not there or no number. */
export const infoNumber = (fields: ReadonlyMap<string, string>, name: string): number => {
  const value = Number(fields.get(name))
  return Number.isFinite(value) ? value : 0
}
