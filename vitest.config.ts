import { availableParallelism } from "node:os"
import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Processes and not threads: the heap assertions need a heap of their own and a collector to call.
    pool: "forks",
    // More than there are cores, on the smallest machine: integration tests wait for servers most of the time.
    poolOptions: { forks: { execArgv: ["--expose-gc"], maxForks: Math.max(3, availableParallelism()) } },
    testTimeout: 30_000,
    hookTimeout: 60_000
  }
})
