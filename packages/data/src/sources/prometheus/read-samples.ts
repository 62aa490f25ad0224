/** The pairs of time and value of a Prometheus API, by the ten thousand. */

/** A store sums its series in any order, so that the last digits differ between two equal questions; no meter means them. */
const meantDigits = 12

/** Times in unix ms. Values that are not finite are left out; null when one is no pair of a number and a text. */
export function readSamples(pairs: readonly unknown[]): [t: number, value: number][] | null {
  const samples: [number, number][] = []
  for (const pair of pairs) {
    if (!Array.isArray(pair) || pair.length !== 2) return null
    const seconds: unknown = pair[0]
    const text: unknown = pair[1]
    if (typeof seconds !== 'number' || typeof text !== 'string') return null
    const value = Number(text)
    if (!Number.isFinite(value) || text === '') continue
    samples.push([Math.round(seconds * 1000), text.length <= meantDigits ? value : toMeantDigits(value)])
  }
  return samples
}

/** As `toPrecision` gives it, in a tenth of the time: powers of ten up to 22 are exact. */
export function toMeantDigits(value: number): number {
  if (value === 0) return 0
  const digits = meantDigits - 1 - Math.floor(Math.log10(Math.abs(value)))
  if (digits < 0 || digits > 22) return Number(value.toPrecision(meantDigits))
  const power = powers[digits]!
  return Math.round(value * power) / power
}

const powers = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`))
