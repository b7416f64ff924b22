/** What was measured, and the medians and ratios that are told of it. */
import type { Operation } from "./Load.ts"
import type { RunResult } from "./SideRequest.ts"
import { BASELINE } from "./Sides.ts"

export interface Cell {
  readonly side: string
  readonly operation: Operation
  readonly callers: number
}

/** A median with the lowest and the highest. */
export interface Spread {
  readonly median: number
  readonly lowest: number
  readonly highest: number
}

export const spreadOf = (values: ReadonlyArray<number>): Spread => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return {
    median: (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2,
    lowest: sorted[0],
    highest: sorted[sorted.length - 1]
  }
}

export class Measurements {
  private readonly runs = new Map<string, Array<RunResult>>()

  add(cell: Cell, run: RunResult): void {
    const runs = this.runs.get(idOf(cell))
    if (runs === undefined) this.runs.set(idOf(cell), [run])
    else runs.push(run)
  }

  has(cell: Cell): boolean {
    return this.runs.has(idOf(cell))
  }

  /** Microseconds of the process's CPU time per command. */
  cpuPerCommand(cell: Cell): Spread {
    return spreadOf(this.of(cell).map(cpuPerCommand))
  }

  commandsPerSecond(cell: Cell): Spread {
    return spreadOf(this.of(cell).map((run) => (run.commands / run.wallMicros) * 1e6))
  }

  /** How many times as many commands per CPU second as another side, in each round by itself. */
  cpuGain(cell: Cell, other = BASELINE): Spread {
    const theirs = this.of({ ...cell, side: other })
    return spreadOf(this.of(cell).map((run, round) => cpuPerCommand(theirs[round]) / cpuPerCommand(run)))
  }

  /** How many times as many commands per second. */
  speedGain(cell: Cell, other = BASELINE): Spread {
    const theirs = this.of({ ...cell, side: other })
    return spreadOf(
      this.of(cell).map(
        (run, round) => run.commands / run.wallMicros / (theirs[round].commands / theirs[round].wallMicros)
      )
    )
  }

  private of(cell: Cell): ReadonlyArray<RunResult> {
    return this.runs.get(idOf(cell)) ?? []
  }
}

const cpuPerCommand = ({ commands, cpuMicros }: RunResult): number => cpuMicros / commands

const idOf = ({ callers, operation, side }: Cell): string => `${side} ${operation} ${callers}`
