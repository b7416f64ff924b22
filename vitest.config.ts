import { availableParallelism } from "node:os"
import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Processes and not threads: the heap assertions need a heap of their own and a collector to call.
    pool: "forks",
    // More than there are cores, on the smallest machine: integration tests wait for servers most of the time.
    poolOptions: { forks: { execArgv: ["--expose-gc"], maxForks: Math.max(3, availableParallelism()) } },
    // What fails twice in a row is broken. What fails once is named at the end of the run, and wants mending: real
    // processes on a machine that others use as well.
    retry: 1,
    // Bounds for what hangs, not for what is slow: two busy cores make a test ten times as long.
    testTimeout: 90_000,
    hookTimeout: 120_000
  }
})
