/**
 * The floors of the source tree as rules over its imports, so that a test can
 * ask what an import that is not there would break.
 *
 * From below: protocol, connection, client and dataset side by side, app, what
 * several modes share (a folder in app), the modes (one folder each in app), the
 * entry files. Imports point down, or stay
 * within one group.
 */

export interface Import {
  /** What stands in the quotes; within `src` already the path of the file, such as `protocol/Resp.ts`. */
  readonly specifier: string
  /** `import type`: erased. An import of names marked `type` one by one is not, with verbatimModuleSyntax. */
  readonly isTypeOnly: boolean
}

/** Of each file, by its path below `src`, what it imports. */
export type ImportGraph = Readonly<Record<string, ReadonlyArray<Import>>>

/** `app/Commands.ts` is the list of commands, a file of its own so that `--version` need not load it. */
const ENTRY_FILES = ["main.ts", "program.ts", "index.ts", "app/Commands.ts"]

/** Folders of app that are no mode, between the files that all modes share and the modes. */
const SHARED_BY_MODES = ["transfer"]

/** Roots of the kernel, which knows no Effect and does no I/O; what they import belongs to it too. */
const KERNEL =
  /^(protocol|dataset|app\/tunnel\/smart\/request)\/|^connection\/(Pipeline|PendingQueue|RawPipeline|TurnFlush|WriteGather)\.ts$/
/** The modules of node that compute and do nothing else. */
const KERNEL_MODULES = ["node:buffer", "node:crypto"]

/** What a consumer of the library has: its peer dependencies and node itself. */
const LIBRARY_MODULES = /^(effect|@effect\/platform|node:[a-z_]+)(\/|$)/

/** Packages whose main module loads all of them: one module is imported by its name instead. */
const BARRELS = ["effect", "@effect/platform", "@effect/platform-node", "@effect/cli", "@effect/printer"]

interface Place {
  readonly floor: number
  /** Files of one group may import each other. */
  readonly group: string
}

const placeOf = (file: string): Place | undefined => {
  if (ENTRY_FILES.includes(file)) return { floor: 5, group: file }
  const [folder, ...rest] = file.split("/")
  if (rest.length === 0) return undefined
  switch (folder) {
    case "protocol":
      return { floor: 0, group: folder }
    case "connection":
      return { floor: 1, group: folder }
    case "client":
    case "dataset":
      return { floor: 2, group: folder }
    case "app":
      if (rest.length === 1) return { floor: 3, group: folder }
      return { floor: SHARED_BY_MODES.includes(rest[0]) ? 3.5 : 4, group: `app/${rest[0]}` }
    default:
      return undefined
  }
}

const NAMES = String.raw`(?:[\w$]+\s*,?\s*)?(?:\{[^}]*\}|\*(?:\s+as\s+[\w$]+)?)?`
const FROM_CLAUSE = new RegExp(
  String.raw`^[ \t]*(?:import|export)\s+(type\s+(?!from\b))?${NAMES}\s*\bfrom\s*["']([^"']+)["']`,
  "gm"
)
const BARE_IMPORT = /^[ \t]*import[ \t]*["']([^"']+)["']/gm
const CALLED_IMPORT = /\b(?:import|require)\([ \t\n]*["']([^"']+)["']/g

/** The imports in the text of a module, re-exports and dynamic imports among them; `file` is its path below `src`. */
export const readImports = (file: string, text: string): ReadonlyArray<Import> => [
  ...[...text.matchAll(FROM_CLAUSE)].map(([, type, specifier]) => ({
    specifier: resolve(file, specifier),
    isTypeOnly: type !== undefined
  })),
  ...[...text.matchAll(BARE_IMPORT), ...text.matchAll(CALLED_IMPORT)].map(([, specifier]) => ({
    specifier: resolve(file, specifier),
    isTypeOnly: false
  }))
]

const resolve = (file: string, specifier: string): string => {
  if (!specifier.startsWith(".")) return specifier
  const parts = file.split("/").slice(0, -1)
  for (const step of specifier.split("/")) {
    if (step === "..") parts.pop()
    else if (step !== ".") parts.push(step)
  }
  return parts.join("/")
}

/** Everything in which the imports break the rules, one line each; nothing when they are kept. */
export const findViolations = (graph: ImportGraph): ReadonlyArray<string> => [
  ...Object.entries(graph).flatMap(([file, imports]) => [
    ...(placeOf(file) === undefined ? [`${file} stands on no floor`] : []),
    ...imports.flatMap(({ specifier }) => directionProblem(graph, file, specifier) ?? [])
  ]),
  ...reachableFrom(
    graph,
    Object.keys(graph).filter((file) => KERNEL.test(file))
  ).flatMap((file) =>
    graph[file]
      .filter(isForeignToKernel(graph))
      .map(({ specifier }) => `${file} is kernel but imports ${specifier}`)
  ),
  ...reachableFrom(graph, ["index.ts"]).flatMap((file) =>
    graph[file]
      .filter(
        ({ isTypeOnly, specifier }) =>
          !isTypeOnly && !(specifier in graph) && !LIBRARY_MODULES.test(specifier)
      )
      .map(({ specifier }) => `${file} is part of the library, whose users do not have ${specifier}`)
  ),
  ...findCycles(graph).map((cycle) => `a cycle: ${cycle.join(" > ")}`)
]

const directionProblem = (graph: ImportGraph, file: string, specifier: string): string | undefined => {
  if (BARRELS.includes(specifier)) return `${file} imports all of ${specifier}`
  const from = placeOf(file)
  const to = placeOf(specifier)
  if (specifier in graph && from !== undefined && to !== undefined) {
    if (from.group === to.group) return undefined
    if (to.floor > from.floor) return `${file} imports upward: ${specifier}`
    if (to.floor === from.floor && file !== "program.ts") return `${file} imports beside itself: ${specifier}`
    if (from.group === "dataset" && to.floor > 0) return `${file} imports more than protocol: ${specifier}`
    return undefined
  }
  return /\.[cm]?[jt]s$/.test(specifier) && !specifier.includes(":")
    ? `${file} imports what is not in src: ${specifier}`
    : undefined
}

const isForeignToKernel =
  (graph: ImportGraph) =>
  ({ isTypeOnly, specifier }: Import): boolean =>
    !(specifier in graph) &&
    !KERNEL_MODULES.includes(specifier) &&
    !(isTypeOnly && specifier.startsWith("node:"))

/** The roots that exist and every file that is loaded with them. */
const reachableFrom = (graph: ImportGraph, roots: ReadonlyArray<string>): ReadonlyArray<string> => {
  const found = new Set(roots.filter((root) => root in graph))
  for (const file of found) {
    for (const { isTypeOnly, specifier } of graph[file])
      if (!isTypeOnly && specifier in graph) found.add(specifier)
  }
  return [...found]
}

/** One way around for every cycle that a walk meets, imports of types included. */
const findCycles = (graph: ImportGraph): ReadonlyArray<ReadonlyArray<string>> => {
  const cycles: Array<ReadonlyArray<string>> = []
  const finished = new Set<string>()
  const path: Array<string> = []
  const visit = (file: string): void => {
    if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file])
    if (path.includes(file) || finished.has(file)) return
    path.push(file)
    for (const { specifier } of graph[file]) if (specifier in graph) visit(specifier)
    path.pop()
    finished.add(file)
  }
  for (const file of Object.keys(graph)) visit(file)
  return cycles
}
