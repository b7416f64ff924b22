/** A function that calls `done` when it has been called so often; at once for 0. */
export const countdown = (count: number, done: () => void): (() => void) => {
  let awaited = count
  if (awaited === 0) done()
  return () => {
    if (--awaited === 0) done()
  }
}
