/** Localisation and root cause over the demo shop's history in a real store: each fault that has a place, and a healthy time. */
import { indexModel, type DataService } from '@tenon/data'
import { beforeAll, describe, expect, test } from 'vitest'
import { readContext, runNode } from '../test/run-nodes.ts'
import { day, hour, importHistory, minute, shopData, type Episode } from '../test/shop-history.ts'

/** Days that no other test writes to, at the same hour of a Wednesday. */
const end = lastWednesday(Date.now() - 38 * day)

const at = (hoursBefore: number): number => end - hoursBefore * hour
const episode = (kind: Episode['kind'], hoursBefore: number, minutes: number): Episode => ({
  kind,
  onset: at(hoursBefore),
  asOf: at(hoursBefore) + minutes * minute,
  end: at(hoursBefore) + (minutes + 5) * minute,
})

const badChange = episode('bad-change', 0, 6)
const zoneLatency = episode('zone-latency', 6, 8)
const saturation = episode('db-saturation', 12, 8)
const sourceDrop = episode('source-drop', 18, 8)
const lostScrape = episode('lost-scrape', 30, 6)
const healthy = at(24)

let data: DataService

beforeAll(async () => {
  const storeUrl = process.env['TEST_METRICS_URL'] ?? ''
  const episodes = [badChange, zoneLatency, saturation, sourceDrop, lostScrape]
  await importHistory(storeUrl, { episodes, moments: [healthy], seed: 17 })
  data = await shopData(storeUrl)
}, 300_000)

const ask = (type: string, input: Record<string, unknown>, asOf: number) =>
  runNode(type, input, readContext({ data, asOf }))
const sinceOf = ({ onset }: Episode) => new Date(onset).toISOString()

describe('which dimension', () => {
  test('a bad change: its version, not the zone or its hosts', async () => {
    const result = await ask(
      'judge.localise-dimensions',
      { measure: 'payment.success-rate', since: sinceOf(badChange) },
      badChange.asOf,
    )
    expect(result.outcome).toBe('found')
    expect(result.output).toMatchObject({ entity: 'payment', places: [{ where: { version: 'v2' } }] })
  })

  test('a saturated database: payment fails everywhere, and no place is named', async () => {
    const result = await ask(
      'judge.localise-dimensions',
      { measure: 'payment.success-rate', since: sinceOf(saturation) },
      saturation.asOf,
    )
    expect(result).toMatchObject({ outcome: 'spread', output: { headline: null } })
  })

  test('a healthy time: none, of a share and of a count', async () => {
    for (const measure of ['payment.success-rate', 'trade-create.attempts']) {
      const result = await ask('judge.localise-dimensions', { measure }, healthy)
      expect([measure, result.outcome, result.summary]).toEqual([measure, 'none', expect.any(String)])
    }
  })
})

describe('lost samples', () => {
  test('neither a count that fell nor a healthy service: inconclusive, with who is silent', async () => {
    const attempts = await ask('judge.localise-dimensions', { measure: 'payment.attempts' }, lostScrape.asOf)
    expect(attempts).toMatchObject({ outcome: 'inconclusive', verdict: { value: 'inconclusive' } })
    expect(attempts.summary).toContain('no samples since')
    const root = await ask('judge.root-cause', { entity: 'payment' }, lostScrape.asOf)
    expect(root.outcome).toBe('inconclusive')
  })
})

describe('which service is the root', () => {
  test('a saturated database behind payment: the database, which has no requests of its own', async () => {
    const result = await ask('judge.root-cause', { entity: 'payment', since: sinceOf(saturation) }, saturation.asOf)
    expect(result).toMatchObject({ outcome: 'found', output: { suspect: 'payment-db', symptom: 'errors' } })
    const [topology] = result.evidence ?? []
    const hot = topology?.kind === 'topology' ? topology.edges.filter((edge) => edge.hot) : []
    expect(hot).toEqual([{ from: 'payment', to: 'payment-db', hot: true }])
  })

  test('a slow zone makes all services time out: spread, for what does not depend on the suspect is worse too', async () => {
    for (const entity of ['payment', 'gateway']) {
      const result = await ask('judge.root-cause', { entity, since: sinceOf(zoneLatency) }, zoneLatency.asOf)
      expect([entity, result.outcome, result.summary]).toEqual([entity, 'spread', expect.any(String)])
      expect(Math.max(...(result.hypotheses ?? []).map(({ likelihood }) => likelihood))).toBeLessThan(0.5)
    }
  })

  test('a bad change of payment: payment itself, and its database is ruled out', async () => {
    const result = await ask('judge.root-cause', { entity: 'payment', since: sinceOf(badChange) }, badChange.asOf)
    expect(result.output).toMatchObject({ suspect: 'payment', symptom: 'errors' })
    const database = result.hypotheses?.find(({ key }) => key === 'dependency:payment-db')
    expect(database?.likelihood ?? 0).toBeLessThan(0.1)
  })

  test('a healthy time, and fewer orders: no root', async () => {
    const names = indexModel(data.model).entitiesOfKind('service')
    for (const asOf of [healthy, sourceDrop.asOf]) {
      for (const { id } of names) {
        const result = await ask('judge.root-cause', { entity: id }, asOf)
        // Few requests may look odd to the measure by chance; of that no root is made.
        expect(['none', 'inconclusive'], `${id}: ${result.summary}`).toContain(result.outcome)
      }
    }
  })
})

function lastWednesday(before: number): number {
  const date = new Date(before)
  date.setUTCHours(20, 0, 0, 0)
  while (date.getUTCDay() !== 3) date.setUTCDate(date.getUTCDate() - 1)
  return date.getTime()
}
