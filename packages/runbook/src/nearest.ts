/** "Did you mean ...?" */

/** The candidate that is closest to what was written, if any is close enough to be a slip of the hand. */
export function nearest(written: string, candidates: Iterable<string>): string | null {
  let best: string | null = null
  let bestDistance = Math.max(2, Math.floor(written.length / 3)) + 1
  // Names longer than this are not typed by hand, and distance costs the product of the lengths.
  if (written.length > 100) return null
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - written.length) >= bestDistance) continue
    const distance = editDistance(written, candidate)
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** Levenshtein's distance. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= b.length; column += 1) {
      const change = previous[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1)
      current.push(Math.min(change, previous[column]! + 1, current[column - 1]! + 1))
    }
    previous = current
  }
  return previous[b.length]!
}

/** A fix that names the nearest candidate, else lists some of what there is. */
export function suggest(written: string, candidates: readonly string[], what: string): string {
  const best = nearest(written, candidates)
  if (best !== null) return `Did you mean "${best}"?`
  if (candidates.length === 0) return `There is no ${what} here; remove the reference.`
  const shown = candidates.slice(0, 8).map((name) => `"${name}"`)
  return `Use one of the ${what}s: ${shown.join(', ')}${candidates.length > shown.length ? ', ...' : ''}.`
}
