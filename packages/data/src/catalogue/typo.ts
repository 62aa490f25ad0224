/** How far two words are apart. */

/** A bit a letter or digit that the word has: words that differ in many are not compared further. */
export function lettersOf(word: string): number {
  let bits = 0
  for (let at = 0; at < word.length; at += 1) bits |= 1 << (word.charCodeAt(at) % 32)
  return bits >>> 0
}

/**
 * Letters to insert, leave out, change or swap with their neighbour (optimal string alignment), null when more than `most`.
 *
 * @example distanceWithin('chekcout', 'checkout', 2) // 1
 */
export function distanceWithin(a: string, b: string, most: number): number | null {
  if (Math.abs(a.length - b.length) > most) return null
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    let least = i
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2]! + 1)
      row.push(cost)
      least = Math.min(least, cost)
    }
    // A swap looks two rows back, so only two rows beyond the limit end it; one is enough where all are above it by one.
    if (least > most + 1) return null
    before = last
    last = row
  }
  const distance = last[b.length]!
  return distance > most ? null : distance
}
