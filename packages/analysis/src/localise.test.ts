import { describe, expect, it } from 'vitest'
import { poisson, randomOf } from '../test/simulated-traffic.ts'
import { localise, type LocaliseInput } from './localise.ts'
import type { Cell } from './localise-candidates.ts'

const zones = ['A', 'B']
const dimensions = ['version', 'zone', 'host']

interface Place {
  zone: string
  host: string
  version: string
}

/** Six hosts in two zones; `usual` fail anyway, `extra` more where it says so. */
function cellsOf(
  extra: (place: Place) => number,
  { seed = 1, perHost = 600, usual = 0.04, newVersion = [] as string[], prefix = 'pay' } = {},
): Cell[] {
  const random = randomOf(seed)
  return zones.flatMap((zone) =>
    [1, 2, 3].flatMap((index): Cell[] => {
      const host = `${prefix}-${zone.toLowerCase()}-${index}`
      const isNew = newVersion.includes(host)
      const place = { zone, host, version: isNew ? 'v2' : 'v1' }
      const total = poisson(perHost, random)
      const bad = Math.min(total, poisson(total * (usual + extra(place)), random))
      const before = poisson(perHost * 6, random)
      const baseline = { baselineTotal: before, baselineBad: poisson(before * usual, random) }
      const now = { dimensions: { ...place }, total, bad, baselineTotal: 0, baselineBad: 0 }
      return isNew
        ? [now, { dimensions: { ...place, version: 'v1' }, total: 0, bad: 0, ...baseline }]
        : [{ ...now, ...baseline }]
    }),
  )
}
const find = (cells: Cell[], more: Partial<LocaliseInput> = {}) => localise({ cells, dimensions, ...more })
const seeds = Array.from({ length: 20 }, (_, seed) => seed + 1)

describe('localise', () => {
  it.each(seeds)('finds a zone (seed %i)', (seed) => {
    const found = find(cellsOf(({ zone }) => (zone === 'A' ? 0.2 : 0), { seed }))
    expect(found).toMatchObject({ status: 'localised', best: { where: { zone: ['A'] } } })
    expect(found.best!.members.host).toEqual(['pay-a-1', 'pay-a-2', 'pay-a-3'])
    expect(found.best!.explained).toBeGreaterThan(0.9)
    expect(found.reason).toMatch(/^zone A holds \d+ % of the excess/)
  })

  it.each(seeds)('finds a host (seed %i)', (seed) => {
    const found = find(cellsOf(({ host }) => (host === 'pay-b-2' ? 0.3 : 0), { seed }))
    expect(found.best?.where).toEqual({ host: ['pay-b-2'] })
    const zone = found.rivals.find(({ where }) => where.zone?.[0] === 'B')
    expect(zone?.ruledOutBy).toMatch(/pay-b-1.*pay-b-3.*unchanged/)
  })

  it.each(seeds)('finds a version on some hosts of both zones (seed %i)', (seed) => {
    const newVersion = ['pay-a-1', 'pay-a-2', 'pay-b-1']
    const found = find(cellsOf(({ version }) => (version === 'v2' ? 0.25 : 0), { seed, newVersion }))
    expect(found.best?.where).toEqual({ version: ['v2'] })
    for (const rival of found.rivals) expect(rival.ruledOutBy).not.toBe('')
  })

  it.each(seeds)('prefers what is new to the zone that it came to (seed %i)', (seed) => {
    const newVersion = ['pay-a-1', 'pay-a-2', 'pay-a-3']
    const found = find(cellsOf(({ version }) => (version === 'v2' ? 0.25 : 0), { seed, newVersion }))
    expect(found.best?.where).toEqual({ version: ['v2'] })
    expect(found.rivals.find(({ where }) => where.zone?.[0] === 'A')?.ruledOutBy).toMatch(/well before version v2 came/)
  })

  it('finds two failing hosts together', () => {
    const failing = ['pay-a-1', 'pay-b-3']
    const found = find(cellsOf(({ host }) => (failing.includes(host) ? 0.3 : 0)))
    expect(found.best?.where).toEqual({ host: failing })
  })

  it('does not blame a zone whose other services are well', () => {
    const cells = cellsOf(({ zone }) => (zone === 'A' ? 0.2 : 0))
    const controls = cellsOf(() => 0, { seed: 2, prefix: 'trade' })
    const found = find(cells, { controls })
    expect(found.best?.where).not.toEqual({ zone: ['A'] })
    const zone = found.rivals.find(({ where }) => Object.keys(where).join() === 'zone' && where.zone?.[0] === 'A')
    expect(zone?.ruledOutBy).toBe('other services in zone A are unchanged')
    const shared = cellsOf(({ zone: at }) => (at === 'A' ? 0.2 : 0), { seed: 2, prefix: 'trade' })
    expect(find(cells, { controls: shared }).best?.where).toEqual({ zone: ['A'] })
  })

  it.each(seeds)('names no place when all fail alike (seed %i)', (seed) => {
    expect(find(cellsOf(() => 0.2, { seed }))).toMatchObject({ status: 'spread', best: null })
  })

  it('finds nothing in noise, and says nothing of a few events', () => {
    const found = Array.from({ length: 200 }, (_, seed) => find(cellsOf(() => 0, { seed: seed + 100 })).status)
    expect(found.filter((status) => status !== 'none').length).toBeLessThanOrEqual(2)
    expect(find(cellsOf(() => 0.5, { perHost: 3 })).status).toBe('insufficient')
    expect(find([])).toMatchObject({ status: 'insufficient', best: null, rivals: [] })
  })

  it('finds a slow place by seconds', () => {
    const cells = cellsOf(() => 0).map((cell): Cell => {
      const slow = cell.dimensions.zone === 'A' ? 2.5 : 1
      return { ...cell, bad: cell.total * 0.12 * slow, baselineBad: cell.baselineTotal * 0.12 }
    })
    const found = find(cells, { unit: 'seconds' })
    expect(found.best?.where).toEqual({ zone: ['A'] })
    expect(found.best?.supports[0]).toMatch(/300 ms on average, elsewhere 120 ms/)
  })
})
