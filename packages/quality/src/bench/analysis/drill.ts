import { locateDimensions, type CountLeaf } from '@tenon/analysis'
import { percentile, rounded } from '../percentile.ts'
import type { AnalysisPart } from './part.ts'

const SIZES = [5, 6, 4, 10, 5]
const ATTRIBUTES = SIZES.map((_, index) => `d${index}`)
const ROUNDS = 30

/** How long a drill-down of 6,000 leaves takes: five dimensions, two places that changed, 8 % noise. The middle of 30 rounds. */
export const drillPart: AnalysisPart = {
  name: 'drill',
  figures: ['drill_6000_ms'],
  async measure(say) {
    say('drill: 6,000 leaves')
    const leaves = sixThousandLeaves()
    const times: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const begin = performance.now()
      const { places } = locateDimensions({ kind: 'count', attributes: ATTRIBUTES, leaves })
      times.push(performance.now() - begin)
      if (places.length !== 2)
        throw new Error(`${places.length} places found of 2: the figure would not be of this work`)
    }
    return { drill_6000_ms: rounded(percentile(times, 0.5), 2) }
  },
}

function sixThousandLeaves(): CountLeaf[] {
  const random = randomOf(6)
  const leaves: CountLeaf[] = []
  const total = SIZES.reduce((product, size) => product * size, 1)
  for (let index = 0; index < total; index++) {
    let rest = index
    const codes = SIZES.map((size) => {
      const code = rest % size
      rest = (rest - code) / size
      return code
    })
    const forecast = 5 + 300 * random() ** 3
    const cause = codes[0] === 3 ? 0.6 : codes[1] === 2 && codes[3] === 7 ? 1.5 : 1
    const noise = 1 + 0.08 * (random() + random() + random() + random() - 2) * Math.sqrt(3)
    leaves.push({ values: codes.map((code, at) => `v${at}-${code}`), actual: forecast * cause * noise, forecast })
  }
  return leaves
}

/** The same numbers in every run (linear congruential, constants of Numerical Recipes). */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
