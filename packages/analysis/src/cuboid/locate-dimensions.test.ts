import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { locateDimensions, type CountLeaf, type RatioLeaf } from './locate-dimensions.ts'

/** The same numbers in every run. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

const byName = (a: string, b: string) => (a < b ? -1 : 1)

const attributes = ['zone', 'client', 'version']
const grid = ['A', 'B', 'C', 'D'].flatMap((zone) =>
  ['ios', 'android', 'web', 'tv', 'api'].flatMap((client) =>
    ['v1', 'v2', 'v3'].map((version) => [zone, client, version]),
  ),
)

/** Each combination is at `factor` of its forecast, but for some per cent. */
function counts(factor: (values: string[]) => number, noise = 0.05): CountLeaf[] {
  const random = randomOf(3)
  return grid.map((values) => {
    const forecast = 50 + 400 * random()
    const wobble = 1 + noise * (random() + random() + random() + random() - 2) * Math.sqrt(3)
    return { values, actual: forecast * factor(values) * wobble, forecast }
  })
}

/** Events with a share of bad ones, drawn one by one. */
function ratios(rate: (values: string[]) => number, { usual = 0.03, events = 300 } = {}): RatioLeaf[] {
  const random = randomOf(5)
  const draw = (count: number, share: number) => {
    let bad = 0
    for (let event = 0; event < count; event++) if (random() < share) bad++
    return bad
  }
  return grid.map((values) => ({
    values,
    total: events,
    bad: draw(events, rate(values)),
    baselineTotal: 4 * events,
    baselineBad: draw(4 * events, usual),
  }))
}

const count = (leaves: CountLeaf[]) => locateDimensions({ kind: 'count', attributes, leaves })
const ratio = (leaves: RatioLeaf[]) => locateDimensions({ kind: 'ratio', attributes, leaves })
const placesOf = ({ places }: { places: { where: Record<string, string> }[] }) => places.map(({ where }) => where)

describe('counts', () => {
  it('finds one value, with its figures and what is elsewhere', () => {
    const answer = count(counts(([zone]) => (zone === 'B' ? 0.6 : 1)))
    expect(answer.status).toBe('located')
    expect(placesOf(answer)).toEqual([{ zone: 'B' }])
    const [place] = answer.places
    expect(place?.change).toBeCloseTo(-0.4, 1)
    expect(place?.leaves).toBe(15)
    expect(place?.explained).toBeGreaterThan(0.9)
    expect(place?.supports[0]).toMatch(/^zone B: \d+ of \d+ forecast \(-\d+\.\d %\), elsewhere [+-]?\d/)
  })

  it('finds a combination, and says why it is not one of its values as such', () => {
    const answer = count(counts(([zone, client]) => (zone === 'B' && client === 'ios' ? 0.3 : 1)))
    expect(placesOf(answer)).toEqual([{ zone: 'B', client: 'ios' }])
    expect(answer.places[0]?.notCoarser.map(({ text }) => text).toSorted(byName)).toEqual(['client ios', 'zone B'])
  })

  it('finds several causes of several depths, falls and rises', () => {
    const answer = count(
      counts(([zone, client, version]) => {
        if (zone === 'A') return 0.5
        if (client === 'tv' && version === 'v3') return 1.8
        return 1
      }),
    )
    expect(placesOf(answer)).toContainEqual({ zone: 'A' })
    expect(placesOf(answer)).toContainEqual({ client: 'tv', version: 'v3' })
    expect(answer.places).toHaveLength(2)
    expect(answer.explained).toBeGreaterThan(0.8)
  })

  it('finds half of everything: what is well is told from the smaller half', () => {
    const answer = count(counts(([zone]) => (zone === 'A' || zone === 'C' ? 0.55 : 1)))
    expect(
      placesOf(answer)
        .map(({ zone }) => zone ?? '')
        .toSorted(byName),
    ).toEqual(['A', 'C'])
  })

  it('names nothing of noise, and no place of a change that all share', () => {
    expect(count(counts(() => 1, 0.2)).status).toBe('nothing')
    const alike = count(counts(() => 0.7))
    expect(alike.status).toBe('spread')
    expect(alike.places).toEqual([])
    expect(alike.reason).toContain('changed alike')
  })

  it('counts of few events are told by counting noise, not by their relative changes', () => {
    const random = randomOf(9)
    const leaves = grid.map((values) => {
      let actual = 0
      for (let event = 0; event < 40; event++) if (random() < 0.1) actual++
      return { values, actual, forecast: 4 }
    })
    expect(count(leaves).status).toBe('nothing')
  })

  it('too few events, one value only, or no forecast are inconclusive', () => {
    expect(count([{ values: ['A', 'ios', 'v1'], actual: 3, forecast: 9 }]).reason).toContain('more than one value')
    expect(count(counts(() => 1).map((leaf) => ({ ...leaf, actual: 0.1, forecast: 0.1 }))).reason).toContain(
      'at least 50',
    )
    expect(count(counts(() => 1).map((leaf) => ({ ...leaf, forecast: 0 }))).reason).toContain('no forecast')
    expect(count([])).toMatchObject({ status: 'inconclusive', places: [], reason: 'there are no figures' })
  })
})

describe('ratios', () => {
  it('finds one value, and the coarsest place whose parts are all affected', () => {
    const answer = ratio(ratios(([zone, client]) => (zone === 'B' ? (client === 'ios' ? 0.4 : 0.2) : 0.03)))
    expect(answer.status).toBe('located')
    expect(placesOf(answer)).toEqual([{ zone: 'B' }])
    expect(answer.places[0]?.explained).toBeGreaterThan(0.8)
  })

  it('goes down where the rest of a place is well', () => {
    const answer = ratio(ratios(([zone, client]) => (zone === 'B' && client === 'web' ? 0.3 : 0.03)))
    expect(placesOf(answer)).toEqual([{ zone: 'B', client: 'web' }])
    expect(answer.places[0]?.notCoarser[0]?.reason).toMatch(/of its other \d+ events \d\.\d\d? % fail/)
  })

  it('finds two places of one strength', () => {
    const answer = ratio(ratios(([zone, client]) => (zone === 'B' || client === 'tv' ? 0.3 : 0.03)))
    expect(placesOf(answer)).toContainEqual({ zone: 'B' })
    expect(placesOf(answer)).toContainEqual({ client: 'tv' })
  })

  it('a new version without a past is compared with everybody', () => {
    const leaves = ratios(([, , version]) => (version === 'v3' ? 0.3 : 0.03)).map((leaf) =>
      leaf.values[2] === 'v3' ? { ...leaf, baselineBad: 0, baselineTotal: 0 } : leaf,
    )
    expect(placesOf(ratio(leaves))).toEqual([{ version: 'v3' }])
  })

  it('of a new version that is all that runs in one zone, the version is named', () => {
    const old = ratios(() => 0.03).filter(({ values }) => values[2] === 'v1')
    const leaves = old.flatMap((leaf): RatioLeaf[] => {
      const [zone = '', client = ''] = leaf.values
      if (zone !== 'B') return [leaf]
      const before = { ...leaf, bad: 0, total: 0 }
      return [before, { values: [zone, client, 'v2'], total: 300, bad: 90, baselineTotal: 0, baselineBad: 0 }]
    })
    expect(placesOf(ratio(leaves))).toEqual([{ version: 'v2' }])
  })

  it('names nothing of chance, and no place of what all share', () => {
    expect(ratio(ratios(() => 0.03)).status).toBe('nothing')
    expect(ratio(ratios(() => 0.2)).status).toBe('spread')
  })

  it('no events, nothing before, and more bad events than events are said', () => {
    expect(ratio(ratios(() => 0.3, { events: 0 })).status).toBe('inconclusive')
    const noPast = ratios(() => 0.3).map((leaf) => ({ ...leaf, baselineBad: 0, baselineTotal: 0 }))
    expect(ratio(noPast).reason).toContain('no time before')
    const impossible = ratio([...ratios(() => 0.03), { ...ratios(() => 0.03)[0]!, bad: 999 }])
    expect(impossible.notes).toEqual(['1 combination left out: their figures are missing or cannot be counts'])
  })
})

describe('whatever it is given', () => {
  const figure = fc.oneof(
    { weight: 4, arbitrary: fc.double({ min: 0, max: 500, noNaN: true }) },
    fc.constantFrom(0, 1, -1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e308, 5e-324, 1e15),
  )
  const values = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 4 })
  /** What is wrong with an answer, whatever it says. */
  const faultsOf = (answer: ReturnType<typeof locateDimensions>): string[] => {
    const { places, status, reason } = answer
    const faults: string[] = []
    if (reason === '') faults.push('no reason')
    if (/NaN|null|undefined/.test(JSON.stringify(answer))) faults.push('a figure that is none')
    if ((status === 'inconclusive' || status === 'nothing') && places.length > 0) faults.push('places of nothing')
    for (const { now, usual, change, explained, share, strength, where } of places) {
      if (![now, usual, change, explained, share, strength].every(Number.isFinite)) faults.push('not finite')
      if (explained < 0 || explained > 1 + 1e-9) faults.push(`explains ${explained}`)
      if (Object.keys(where).length === 0) faults.push('a place without a value')
    }
    if (places.reduce((sum, { explained }) => sum + explained, 0) > 1 + 1e-6) faults.push('more than everything')
    return faults
  }

  it('counts get a finite answer with a reason', () => {
    const leaf = fc.record({ values, actual: figure, forecast: figure })
    fc.assert(
      fc.property(fc.array(leaf, { maxLength: 60 }), fc.constantFrom(0, 50), (leaves, minimumEvents) => {
        expect(faultsOf(locateDimensions({ kind: 'count', attributes, leaves, minimumEvents }))).toEqual([])
      }),
    )
  })

  it('ratios get a finite answer with a reason', () => {
    const leaf = fc.record({ values, bad: figure, total: figure, baselineBad: figure, baselineTotal: figure })
    fc.assert(
      fc.property(fc.array(leaf, { maxLength: 60 }), fc.constantFrom(0, 50), (leaves, minimumEvents) => {
        expect(faultsOf(locateDimensions({ kind: 'ratio', attributes, leaves, minimumEvents }))).toEqual([])
      }),
    )
  })

  it('the order of leaves and the unit of counts do not change the places', () => {
    const leaves = counts(([zone, client]) => (zone === 'C' ? 0.5 : client === 'web' ? 1.4 : 1))
    const names = (list: CountLeaf[]) =>
      placesOf(count(list))
        .map((where) => JSON.stringify(where))
        .toSorted(byName)
    const expected = names(leaves)
    fc.assert(
      fc.property(fc.shuffledSubarray(leaves, { minLength: leaves.length }), (shuffled) => {
        expect(names(shuffled)).toEqual(expected)
      }),
      { numRuns: 10 },
    )
    const scaled = leaves.map(({ actual, forecast, ...leaf }) => ({
      ...leaf,
      actual: actual * 1e6,
      forecast: forecast * 1e6,
    }))
    expect(names(scaled)).toEqual(expected)
  })

  it('many dimensions are searched less deep, and that is said', () => {
    const random = randomOf(2)
    const wide = Array.from({ length: 16 }, (_, index) => `d${index}`)
    const leaves = Array.from({ length: 3000 }, () => {
      const own = wide.map(() => `v${Math.floor(random() * 4)}`)
      return { values: own, actual: own[3] === 'v1' ? 50 : 100, forecast: 100 }
    })
    const answer = locateDimensions({ kind: 'count', attributes: wide, leaves })
    expect(placesOf(answer)).toEqual([{ d3: 'v1' }])
    expect(answer.notes.join()).toMatch(/more than \d+ dimensions were not looked at/)
  })
})
