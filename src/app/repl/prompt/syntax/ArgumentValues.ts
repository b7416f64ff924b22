/** What an argument may be where the documentation has no more than a name for it. As of Redis 7. */

const TYPES = ["string", "list", "set", "zset", "hash", "stream"]
const SECTIONS = (
  "server clients memory persistence stats replication cpu commandstats latencystats cluster modules keyspace " +
  "errorstats all default everything"
).split(" ")
const CATEGORIES = (
  "keyspace read write set sortedset list hash string bitmap hyperloglog geo stream pubsub admin fast slow " +
  "blocking dangerous connection transaction scripting"
).split(" ")

/** By the command, named as in the table, and the argument. */
const VALUES: Readonly<Record<string, Readonly<Record<string, ReadonlyArray<string>>>>> = {
  "acl|cat": { categoryname: CATEGORIES },
  bitop: { operation: ["AND", "OR", "XOR", "NOT"] },
  "command|list": { category: CATEGORIES },
  hello: { protover: ["2", "3"] },
  info: { section: SECTIONS },
  scan: { type: TYPES }
}

export const valuesOf = (command: string, args: ReadonlyArray<string>): ReadonlyArray<string> => {
  const values = Object.hasOwn(VALUES, command) ? VALUES[command] : {}
  return args.flatMap((name) => (Object.hasOwn(values, name) ? values[name] : []))
}

/** Whether the name of a setting of the server may come next. */
export const isParameterNext = (command: string, args: ReadonlyArray<string>): boolean =>
  (command === "config|get" || command === "config|set") && args.includes("parameter")
