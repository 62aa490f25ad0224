/** The accuracy proof: each fault of the demo shop, over a real store with two weeks of history, must give the right conclusion. */
import { createDataService, type DataService } from '@tenon/data'
import type { StepResult } from '@tenon/runbook'
import { beforeAll, describe, expect, test } from 'vitest'
import { diagnose, type World } from '../test/run-nodes.ts'
import { change, day, hour, importHistory, minute, shopData, type Episode } from '../test/shop-history.ts'

/** The last Wednesday, 20:00 UTC, that lies two months back: no other test writes there, and the store still keeps it. */
const end = lastWednesday(Date.now() - 60 * day)

const at = (hoursBefore: number): number => end - hoursBefore * hour
const episode = (kind: Episode['kind'], hoursBefore: number, minutes: number): Episode => ({
  kind,
  onset: at(hoursBefore),
  asOf: at(hoursBefore) + minutes * minute,
})

const episodes = {
  'bad-change': episode('bad-change', 0, 4),
  'source-drop': episode('source-drop', 6, 5),
  'zone-latency': episode('zone-latency', 12, 4),
  'db-saturation': episode('db-saturation', 18, 4),
  'load-test': episode('load-test', 24.5, 6),
  'low-traffic': episode('low-traffic', 31, 5),
  'lost-scrape': episode('lost-scrape', 37, 4),
  'bad-change at night': episode('bad-change', 43, 3),
  'db-saturation for hours': episode('db-saturation', 110, 200),
  'bad-change mended': { ...episode('bad-change', 86, 19), end: at(86) + 12 * minute },
  'bad-change before': { ...episode('bad-change', 91, 12), end: at(91) + 12 * minute },
  'bad-change after lost data': episode('bad-change', 34.7, 6),
  'hosts lost, and back': { ...episode('lost-scrape', 60.5, 4), end: at(60.5) + 4 * minute },
  'db-saturation after it': episode('db-saturation', 60.5 - 11 / 60, 4),
  'source-drop after it': episode('source-drop', 90.7, 5),
} as const
const healthy = [at(50), at(57), at(64), at(71), at(78), at(95), at(98.5)]

let data: DataService

beforeAll(async () => {
  const storeUrl = process.env['TEST_METRICS_URL'] ?? ''
  await importHistory(storeUrl, { episodes: Object.values(episodes), moments: healthy, seed: 11 })
  data = await shopData(storeUrl)
}, 300_000)

function world({ asOf, onset }: Episode, more: World['changes'] = []): World {
  // Every run also sees changes that have nothing to do with it.
  const noise = [
    change('CHG-7', 'config', onset - 100 * minute, { title: 'Gateway timeout', scope: { entity: 'gateway' } }),
    change('CHG-8', 'deploy', onset - 45 * minute, { title: 'Stock v5', scope: { entity: 'stock', version: 'v5' } }),
  ]
  return { data, asOf, changes: [...noise, ...more] }
}

const reportOf = (results: Record<string, StepResult>) => {
  const report = results['conclude']?.report
  if (!report) throw new Error('no report')
  return report
}

describe('each fault of the shop', () => {
  test('bad change: the change, localised to its version and hosts', async () => {
    const one = episodes['bad-change']
    const deploy = change('CHG-2041', 'deploy', one.onset - 40_000, {
      title: 'Payment v2',
      scope: { entity: 'payment', hosts: ['pay-a-1', 'pay-a-2', 'pay-a-3'], version: 'v2' },
    })
    const results = await diagnose(world(one, [deploy]))
    const report = reportOf(results)
    expect(report.conclusion).toMatch(
      /^Card payments fell 1\d\.\d % because payment v2 fails on 3 of 6 hosts \(zone A\); it began \d+ s after change CHG-2041\.$/,
    )
    expect(report.cause?.key).toBe('change:CHG-2041')
    expect(report.hypotheses.find(({ key }) => key === 'zone:A')).toMatchObject({ likelihood: 0 })
    expect(report.hypotheses.find(({ key }) => key === 'dependency:payment-db')).toMatchObject({ likelihood: 0 })
    expect(report.hypotheses.find(({ key }) => key === 'source:marketplace')).toMatchObject({ likelihood: 0 })
    expect(results['loss']?.output).toMatchObject({
      step: 'payment',
      entity: 'payment',
      switchEntity: 'payment',
      localised: { zone: 'A', hosts: ['pay-a-1', 'pay-a-2', 'pay-a-3'], version: 'v2', healthyZone: 'B' },
    })
    expect(Math.abs(Date.parse(report.since ?? '') - one.onset)).toBeLessThanOrEqual(60_000)
    expect(report.scope).toContainEqual({ label: 'Owner', value: 'payments' })
  })

  test('bad change at night, three minutes old, and nobody recorded the change: the version is named', async () => {
    const report = reportOf(await diagnose(world(episodes['bad-change at night'])))
    expect(report.cause?.key).toBe('version:payment@v2')
    expect(report.verdict.value).toBe('abnormal')
  })

  test('source drop: fewer orders, nothing wrong inside', async () => {
    const results = await diagnose(world(episodes['source-drop']))
    const report = reportOf(results)
    expect(report.conclusion).toMatch(
      /because marketplace sends (3\d|4\d)\.\d % fewer orders; nothing is wrong inside the shop/,
    )
    expect(report.cause?.key).toBe('source:marketplace')
    expect(results['source']?.outcome).toBe('source-down')
    expect(results['loss']?.output).toMatchObject({ step: 'source', entity: 'marketplace', localised: null })
  })

  test('zone latency: the zone, for the whole shop', async () => {
    const results = await diagnose(world(episodes['zone-latency']))
    const report = reportOf(results)
    expect(report.cause?.key).toBe('zone:A')
    expect(report.conclusion).toContain('zone A is slow')
    expect(results['loss']?.output).toMatchObject({ switchEntity: 'shop', localised: { zone: 'A', healthyZone: 'B' } })
  })

  test('database saturation: the database', async () => {
    const results = await diagnose(world(episodes['db-saturation']))
    const report = reportOf(results)
    expect(report.cause?.key).toBe('dependency:payment-db')
    expect(report.conclusion).toContain('payment-db is saturated')
    expect(results['loss']?.output).toMatchObject({ step: 'payment', localised: null })
  })

  test('database saturation for hours: today’s level has not swallowed it, and the onset is still right', async () => {
    const one = episodes['db-saturation for hours']
    const report = reportOf(await diagnose(world(one)))
    expect(report.cause?.key).toBe('dependency:payment-db')
    expect(Math.abs(Date.parse(report.since ?? '') - one.onset)).toBeLessThanOrEqual(2 * minute)
  })

  test('a bad change that was mended seven minutes ago: nothing is wrong now', async () => {
    const one = episodes['bad-change mended']
    const deploy = change('CHG-2042', 'deploy', one.onset - 40_000, { scope: { entity: 'payment', version: 'v2' } })
    expect(reportOf(await diagnose(world(one, [deploy]))).verdict.value).toBe('normal')
  })

  test('a source drop soon after a mended bad change: the source, not the earlier incident', async () => {
    const deploy = change('CHG-2043', 'deploy', episodes['bad-change before'].onset - 40_000, {
      scope: { entity: 'payment', version: 'v2' },
    })
    const report = reportOf(await diagnose(world(episodes['source-drop after it'], [deploy])))
    expect(report.cause?.key).toBe('source:marketplace')
  })

  test('a bad change two hours after hosts were lost: what was missing then does not matter now', async () => {
    const report = reportOf(await diagnose(world(episodes['bad-change after lost data'])))
    expect(report.cause?.key).toBe('version:payment@v2')
  })

  test('a saturated database a few minutes after hosts reported again: the newest minutes are judged alone', async () => {
    const report = reportOf(await diagnose(world(episodes['db-saturation after it'])))
    expect(report.cause?.key).toBe('dependency:payment-db')
  })

  test('load test: more volume, nothing lost', async () => {
    const one = episodes['load-test']
    const load = change('LT-9', 'load-test', one.onset - 5_000, { endedAt: null, scope: { entity: 'marketplace' } })
    const report = reportOf(await diagnose(world(one, [load])))
    expect(report.verdict.value).toBe('normal')
    expect(report.conclusion).toMatch(
      /^Nothing is wrong: a load test raises the volume by [56]\d\.\d %, and nothing is lost\.$/,
    )
    expect(report.cause).toBeNull()
  })

  test('low traffic: inconclusive, and how many more events are needed', async () => {
    const results = await diagnose(world(episodes['low-traffic']))
    const report = reportOf(results)
    expect(report.verdict.value).toBe('inconclusive')
    expect(report.conclusion).toMatch(
      /^Inconclusive: only \d+ orders in \d min, 9\d\.\d % fewer than expected: \d+ more events are needed/,
    )
    expect(report.cause).toBeNull()
  })

  test('lost scrape: inconclusive, and who does not report', async () => {
    const results = await diagnose(world(episodes['lost-scrape']))
    const report = reportOf(results)
    expect(report.verdict.value).toBe('inconclusive')
    // Either is the truth: one host lacks, or all are late together.
    expect(report.why).toMatch(/pay-a-1|newest data is \d+ s old/)
    expect(results['loss']?.outcome).toBe('inconclusive')
  })
})

test.each(healthy.map((asOf) => [new Date(asOf).toISOString(), asOf] as const))(
  'healthy at %s: nothing is wrong',
  async (_, asOf) => {
    const report = reportOf(await diagnose(world({ kind: 'load-test', onset: asOf, asOf })))
    expect(report.verdict.value).toBe('normal')
    expect(report.conclusion).toMatch(/^Nothing is wrong: card payments are as expected/)
  },
)

describe('what cannot be asked', () => {
  test('a source that does not answer fails the step; it is never normal', async () => {
    const lost = createDataService({
      model: data.model,
      sources: async () => ({ kind: 'prometheus', url: 'http://127.0.0.1:9', secret: null }),
    })
    await expect(diagnose({ data: lost, asOf: episodes['bad-change'].asOf })).rejects.toMatchObject({
      code: 'source-unreachable',
      retryable: true,
    })
  })

  test('a time without any data is inconclusive', async () => {
    const report = reportOf(await diagnose({ data, asOf: end + 40 * day }))
    expect(report.verdict.value).toBe('inconclusive')
  })

  test('another chain of the shop is judged by its own steps', async () => {
    const report = reportOf(await diagnose(world(episodes['source-drop']), 'stock-reservation'))
    expect(report.conclusion).toMatch(/^Stock reservations fell \d+\.\d % because marketplace sends/)
  })
})

describe('evidence', () => {
  test('parts of the waterfall sum to the whole', async () => {
    for (const kind of ['bad-change', 'source-drop', 'zone-latency', 'load-test'] as const) {
      const { loss } = await diagnose(world(episodes[kind]))
      const waterfall = loss?.evidence?.find((one) => one.kind === 'waterfall')
      if (waterfall?.kind !== 'waterfall') throw new Error('no waterfall')
      const sum = waterfall.parts.reduce((total, part) => total + part.change, 0)
      expect(sum).toBeCloseTo(waterfall.actual - waterfall.expected, 6)
    }
  })

  test('the same moment judged twice gives the same report', async () => {
    const one = world(episodes['bad-change'])
    expect(reportOf(await diagnose(one))).toEqual(reportOf(await diagnose(one)))
  })
})

function lastWednesday(before: number): number {
  const midnight = Math.floor(before / day) * day
  const back = (new Date(midnight).getUTCDay() + 7 - 3) % 7
  return midnight - back * day + 20 * hour
}
