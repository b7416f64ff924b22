/** The text of INFO as sections of named values, and the texts of several servers made into one server's. */
import { goesToAll } from "../dispatch/GoesToAll.ts"

export interface InfoSection {
  readonly title: string
  readonly fields: Map<string, string>
}

export const parseInfo = (text: string): ReadonlyArray<InfoSection> => {
  const sections: Array<InfoSection> = []
  for (const line of text.split("\r\n")) {
    const colon = line.indexOf(":")
    if (line.startsWith("# ")) sections.push({ title: line.slice(2), fields: new Map() })
    else if (colon > 0) sections.at(-1)?.fields.set(line.slice(0, colon), line.slice(colon + 1))
  }
  return sections
}

export const formatInfo = (sections: ReadonlyArray<InfoSection>): string =>
  sections
    .map(
      ({ fields, title }) =>
        `# ${title}\r\n${Array.from(fields, ([name, value]) => `${name}:${value}\r\n`).join("")}`
    )
    .join("\r\n")

/** Said of one server, the same of all, or not to be added up for another reason: the first server's is kept. */
const KEPT =
  /^(redis_|os$|arch_bits|monotonic|multiplexing|atomicvar|gcc|process|run_id|tcp_port|server_time|uptime|hz|configured_hz|lru_clock|executable|config_file|io_threads_active|maxmemory_policy|mem_allocator|total_system_memory|number_of_cached_scripts|number_of_functions|number_of_libraries|role|master_|second_repl|repl_backlog_(active|first)|.*_(ratio|time_sec|bgsave_status|rewrite_status|write_status)$|rdb_last_save_time|maxclients|aof_enabled)/
/** True of all when true of one; or the largest is the one that matters; or every server has the same scripts. */
const LARGEST =
  /^(used_memory_(lua|functions|scripts\w*|vm_\w*)|loading|async_loading|.*_in_progress|active_defrag_running|.*_scheduled|.*_peak_perc|client_recent_max_.*)$/
const NUMBER = /^-?\d+(\.\d+)?$/
/** Values that are lists of values: `keys=1,expires=0`. */
const LIST = /^[\w-]+=[^,]*(,[\w-]+=[^,]*)*$/

const COMMAND_STATISTICS = /^(?:cmdstat|latency_percentiles_usec)_(.*)$/

const mergeValue = (name: string, values: ReadonlyArray<string>): string => {
  const [first] = values
  if (values.length === 1 || KEPT.test(name)) return first
  const command = COMMAND_STATISTICS.exec(name)?.[1]
  if (command !== undefined && goesToAll(command)) return withMostCalls(values)
  if (values.every((value) => NUMBER.test(value))) {
    const numbers = values.map(Number)
    const merged = LARGEST.test(name) ? Math.max(...numbers) : numbers.reduce((sum, each) => sum + each, 0)
    const decimals = Math.max(...values.map((value) => value.split(".")[1]?.length ?? 0))
    return merged.toFixed(decimals)
  }
  return values.every((value) => LIST.test(value)) ? mergeLists(values) : first
}

/** Every server has done it for the same clients. */
const withMostCalls = (values: ReadonlyArray<string>): string => {
  const callsOf = (value: string): number => Number(/calls=(\d+)/.exec(value)?.[1] ?? 0)
  return values.reduce((a, b) => (callsOf(b) > callsOf(a) ? b : a))
}

/** Sums, and the means of what is one. */
const mergeLists = (texts: ReadonlyArray<string>): string => {
  const lists = texts.map(
    (text) => new Map(text.split(",").map((part) => part.split("=") as [string, string]))
  )
  const names = Array.from(new Set(lists.flatMap((list) => [...list.keys()])))
  const total = (name: string): number => lists.reduce((sum, list) => sum + Number(list.get(name) ?? 0), 0)
  return names
    .map((name) => {
      if (name === "usec_per_call")
        return `${name}=${(total("usec") / Math.max(1, total("calls"))).toFixed(2)}`
      if (name === "avg_ttl") {
        const weighted = lists.reduce(
          (sum, list) => sum + Number(list.get(name) ?? 0) * Number(list.get("expires") ?? 0),
          0
        )
        return `${name}=${Math.round(weighted / Math.max(1, total("expires")))}`
      }
      const values = lists.flatMap((list) => list.get(name) ?? [])
      if (name.startsWith("p") && !Number.isNaN(Number(name.slice(1))))
        return `${name}=${Math.max(...values.map(Number)).toFixed(3)}`
      return `${name}=${values.every((value) => NUMBER.test(value)) ? total(name) : values[0]}`
    })
    .join(",")
}

/** Of each section and name that any server has. */
export const mergeInfo = (servers: ReadonlyArray<ReadonlyArray<InfoSection>>): ReadonlyArray<InfoSection> => {
  const titles = Array.from(new Set(servers.flatMap((sections) => sections.map(({ title }) => title))))
  return titles.map((title) => {
    const same = servers.flatMap((sections) => sections.filter((section) => section.title === title))
    const names = Array.from(new Set(same.flatMap(({ fields }) => [...fields.keys()])))
    const fields = new Map(
      names.map((name) => [
        name,
        mergeValue(
          name,
          same.flatMap((section) => section.fields.get(name) ?? [])
        )
      ])
    )
    return { title, fields }
  })
}
