/** The measurements as Markdown. */
import { type Operation, OPERATIONS } from "./Load.ts"
import type { Measurements, Spread } from "./Measurements.ts"
import type { HeapRow } from "./HeapComparison.ts"
import { BASELINE, SIDES } from "./Sides.ts"

export const CALLERS: ReadonlyArray<number> = [1, 50, 1000]

const row = (cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`
const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  [row(head), row(head.map((_, index) => (index === 0 ? "---" : "---:"))), ...rows.map(row)].join("\n")

const micros = ({ median }: Spread): string => median.toFixed(median < 10 ? 2 : 1)
const thousands = ({ median }: Spread): string => `${(median / 1000).toFixed(median < 10_000 ? 1 : 0)} k`
const times = (spread: Spread): string =>
  `${spread.median.toFixed(2)} (${spread.lowest.toFixed(2)} - ${spread.highest.toFixed(2)})`

const callersTable = (measurements: Measurements, callers: number): string => {
  const isAlone = callers === 1
  const columns = (operation: Operation): ReadonlyArray<string> => [
    `${operation}: CPU us`,
    "times ioredis",
    isAlone ? "round trip us" : "per second"
  ]
  const values = (side: string, operation: Operation): ReadonlyArray<string> => {
    const cell = { side, operation, callers }
    const speed = measurements.commandsPerSecond(cell)
    return [
      micros(measurements.cpuPerCommand(cell)),
      side === BASELINE ? "1" : times(measurements.cpuGain(cell)),
      isAlone ? (1e6 / speed.median).toFixed(0) : thousands(speed)
    ]
  }
  return table(
    [isAlone ? "1 caller" : `${callers} callers, or batches of ${callers}`, ...OPERATIONS.flatMap(columns)],
    SIDES.filter(({ name: side }) => measurements.has({ side, operation: "GET", callers })).map(
      ({ name }) => [name, ...OPERATIONS.flatMap((operation) => values(name, operation))]
    )
  )
}

/** Compared with the better of ioredis's two ways, whichever it is. */
const RIVALS: ReadonlyArray<string> = [BASELINE, "ioredis, `enableAutoPipelining`"]

interface Target {
  readonly text: string
  readonly side: string
  readonly callers: number
  readonly gain: "cpuGain" | "speedGain"
  readonly least: number
}

const [EXECUTE, EXECUTE_MANY] = SIDES.map(({ name }) => name)
const TARGETS: ReadonlyArray<Target> = [
  ...[50, 1000].flatMap((callers): ReadonlyArray<Target> => [
    { text: "commands per CPU second", side: EXECUTE, callers, gain: "cpuGain", least: 3 },
    { text: "commands per CPU second", side: EXECUTE_MANY, callers, gain: "cpuGain", least: 5 }
  ]),
  { text: "commands per CPU second", side: EXECUTE, callers: 1, gain: "cpuGain", least: 1 },
  { text: "commands per second", side: EXECUTE, callers: 1, gain: "speedGain", least: 1 }
]

const targetsTable = (measurements: Measurements): string =>
  table(
    [
      "target, in times what ioredis does",
      "at least",
      ...RIVALS.flatMap((rival) => OPERATIONS.map((operation) => `${operation} / ${rival}`)),
      "reached"
    ],
    TARGETS.map(({ callers, gain, least, side, text }) => {
      const gains = RIVALS.flatMap((rival) =>
        OPERATIONS.map((operation) => measurements[gain]({ side, operation, callers }, rival).median)
      )
      const isReached = gains.slice(0, OPERATIONS.length).every((value) => value >= least)
      return [
        `${side} at ${callers}: ${text}`,
        String(least),
        ...gains.map((value) => value.toFixed(2)),
        isReached ? "yes" : "**no**"
      ]
    })
  )

const heapTable = (rows: ReadonlyArray<HeapRow>): string => {
  const kib = (bytes: number): string => `${(bytes / 1024).toFixed(0)} KiB`
  return table(
    ["heap and buffers", "per idle client", "per 1000 commands without a reply"],
    rows.map(({ idle, queued, side }) => [side, kib(idle), kib(queued)])
  )
}

export const report = (
  facts: string,
  rounds: number,
  measurements: Measurements,
  heap: ReadonlyArray<HeapRow>
): string =>
  [
    `${facts}.`,
    `Medians of ${rounds} rounds; in brackets the lowest and the highest of the rounds' ratios.`,
    ...CALLERS.map((callers) => callersTable(measurements, callers)),
    targetsTable(measurements),
    heapTable(heap)
  ].join("\n\n")
