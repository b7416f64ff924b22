/** What the process holds on to, for assertions about memory. vitest.config.ts gives the collector to the tests. */

/** Bytes of heap and of array buffers in use, after everything unreachable has been collected. */
export const retainedBytes = (): number => {
  collectGarbage()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** Twice, since array buffers are given back in the collection after the one that frees their owners. */
export const collectGarbage = (): void => {
  if (globalThis.gc === undefined) throw new Error("this test needs node --expose-gc")
  globalThis.gc()
  globalThis.gc()
}
