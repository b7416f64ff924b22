/** What a person may have meant by a name that does not exist. */

const MAX_EDITS = 2

/** The closest of `names` within two edits of `name`. */
export const closest = (name: string, names: Iterable<string>): string | undefined => {
  let best: string | undefined
  let bestEdits = MAX_EDITS + 1
  for (const candidate of names) {
    if (Math.abs(candidate.length - name.length) >= bestEdits || candidate.length <= MAX_EDITS) continue
    const edits = editDistance(name, candidate)
    if (edits < bestEdits) {
      best = candidate
      bestEdits = edits
    }
  }
  return best
}

/** Levenshtein distance. */
const editDistance = (a: string, b: string): number => {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const substituted = previous[column - 1] + (a[row - 1] === b[column - 1] ? 0 : 1)
      current[column] = Math.min(substituted, previous[column] + 1, current[column - 1] + 1)
    }
    previous = current
  }
  return previous[b.length]
}
