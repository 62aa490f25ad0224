/** The backtest of each template of packs/incident on the demo shop's history: what is abnormal, what is normal, and what is named as the cause. */
import type { DataService } from '@tenon/data'
import { summariseBacktest } from '@tenon/runbook/backtest'
import { beforeAll, describe, expect, test } from 'vitest'
import { runTemplate, type TemplateRun } from '../test/run-template.ts'
import { change, day, hour, importHistory, minute, shopData, type Episode } from '../test/shop-history.ts'

/** The last Wednesday, 20:00 UTC, that lies four months back: no other test writes there, and the store still keeps it. */
const end = lastWednesday(Date.now() - 120 * day)

const at = (hoursBefore: number): number => end - hoursBefore * hour
const episode = (
  kind: Episode['kind'],
  hoursBefore: number,
  minutes: number,
  more: Partial<Episode> = {},
): Episode => ({
  kind,
  onset: at(hoursBefore),
  asOf: at(hoursBefore) + minutes * minute,
  ...more,
})

const zoneB = ['gw', 'trade', 'cashier', 'pay', 'risk', 'stock'].flatMap((one) => [1, 2, 3].map((n) => `${one}-b-${n}`))
const episodes = {
  'bad change of payment': episode('bad-change', 0, 6),
  'source drop': episode('source-drop', 4, 6),
  'zone A slow': episode('zone-latency', 8, 6, { severity: 0.25 }),
  'database saturated': episode('db-saturation', 12, 6),
  'error burst of cashier': episode('error-burst', 16, 6),
  'errors of one host': episode('error-burst', 20, 8, { hosts: ['stock-b-1'], severity: 0.4 }),
  'slow host': episode('slow-host', 24.5, 8),
  'risk hangs': episode('slow-dependency', 29, 6, { severity: 0.4 }),
  'connections leak': episode('connection-leak', 34, 36, { severity: 0.9 }),
  'load test': episode('load-test', 38, 8),
  'low traffic': episode('low-traffic', 42, 8),
  'hardly any traffic': episode('low-traffic', 48.7, 8, { severity: 0.998 }),
  'payment not scraped': episode('lost-scrape', 46, 5),
  'zone B slow': episode('zone-latency', 52, 6, { hosts: zoneB, severity: 0.2 }),
  'bad change of all payment hosts': episode('bad-change', 56, 6, {
    hosts: ['a', 'b'].flatMap((zone) => [1, 2, 3].map((n) => `pay-${zone}-${n}`)),
  }),
} as const satisfies Record<string, Episode>
type Name = keyof typeof episodes
const healthy = [at(60.3), at(66.7), at(73.2), at(79.6)]

let data: DataService

beforeAll(async () => {
  const storeUrl = process.env['TEST_METRICS_URL'] ?? ''
  await importHistory(storeUrl, { episodes: Object.values(episodes), moments: healthy, seed: 23 })
  data = await shopData(storeUrl)
}, 300_000)

interface Case {
  /** An episode, or a healthy time by its place in the list. */
  when: Name | number
  params: Record<string, string>
  label: 'abnormal' | 'normal' | 'unseen'
  /** Key of the cause, or a pattern of it. */
  cause?: RegExp
  /** What was changed at the onset. */
  deploy?: { hosts?: string[]; entity: string; version?: string }
}

/** The changes that have nothing to do with it, and the one that has. */
function changesOf(onset: number, deploy: Case['deploy']) {
  const noise = [
    change('CHG-7', 'config', onset - 100 * minute, { title: 'Gateway timeout', scope: { entity: 'gateway' } }),
    change('CHG-8', 'deploy', onset - 45 * minute, { title: 'Stock v5', scope: { entity: 'stock', version: 'v5' } }),
  ]
  return deploy
    ? [...noise, change('CHG-1', 'deploy', onset - 40_000, { title: `${deploy.entity} new`, scope: deploy })]
    : noise
}

async function runCase(template: string, { when, params, deploy }: Case): Promise<TemplateRun & { seconds: number }> {
  const [onset, asOf] =
    typeof when === 'number' ? [healthy[when] ?? 0, healthy[when] ?? 0] : [episodes[when].onset, episodes[when].asOf]
  const begun = performance.now()
  const run = await runTemplate(template, params, { data, asOf, changes: changesOf(onset, deploy) })
  return { ...run, seconds: (performance.now() - begun) / 1000 }
}

const templates: Record<string, Case[]> = {
  'payment-drop': [
    {
      when: 'bad change of payment',
      params: { chain: 'card-payment' },
      label: 'abnormal',
      cause: /^change:CHG-1$/,
      deploy: { entity: 'payment', hosts: ['pay-a-1', 'pay-a-2', 'pay-a-3'], version: 'v2' },
    },
    {
      when: 'bad change of all payment hosts',
      params: { chain: 'card-payment' },
      label: 'abnormal',
      cause: /^change:CHG-1$/,
      deploy: { entity: 'payment', version: 'v2' },
    },
    { when: 'source drop', params: { chain: 'card-payment' }, label: 'abnormal', cause: /^source:marketplace$/ },
    { when: 'zone A slow', params: { chain: 'card-payment' }, label: 'abnormal', cause: /^zone:A$/ },
    {
      when: 'database saturated',
      params: { chain: 'card-payment' },
      label: 'abnormal',
      cause: /^dependency:payment-db$/,
    },
    {
      when: 'error burst of cashier',
      params: { chain: 'card-payment' },
      label: 'abnormal',
      cause: /^step:cashier-render$/,
    },
    {
      when: 'errors of one host',
      params: { chain: 'stock-reservation' },
      label: 'abnormal',
      cause: /^host:stock-b-1$/,
    },
    { when: 'risk hangs', params: { chain: 'card-payment' }, label: 'normal' },
    { when: 'load test', params: { chain: 'card-payment' }, label: 'normal' },
    { when: 'low traffic', params: { chain: 'card-payment' }, label: 'unseen' },
    { when: 'payment not scraped', params: { chain: 'card-payment' }, label: 'unseen' },
    ...healthy.map((_, when): Case => ({ when, params: { chain: 'card-payment' }, label: 'normal' })),
  ],
  'us-or-source': [
    { when: 'source drop', params: { chain: 'card-payment' }, label: 'abnormal', cause: /^source:marketplace$/ },
    {
      when: 'bad change of payment',
      params: { chain: 'card-payment' },
      label: 'abnormal',
      cause: /^version:payment@v2$/,
    },
    {
      when: 'error burst of cashier',
      params: { chain: 'card-payment' },
      label: 'abnormal',
      cause: /^step:cashier-render$/,
    },
    { when: 'load test', params: { chain: 'card-payment' }, label: 'normal' },
    { when: 'low traffic', params: { chain: 'card-payment' }, label: 'unseen' },
    ...healthy.map((_, when): Case => ({ when, params: { chain: 'card-payment' }, label: 'normal' })),
  ],
  'latency-rise': [
    { when: 'risk hangs', params: { entity: 'payment' }, label: 'abnormal', cause: /^dependency:risk$/ },
    { when: 'risk hangs', params: { entity: 'trade-create' }, label: 'abnormal', cause: /^dependency:risk$/ },
    { when: 'slow host', params: { entity: 'trade-create' }, label: 'abnormal', cause: /^host:trade-b-2$/ },
    { when: 'zone A slow', params: { entity: 'trade-create' }, label: 'abnormal', cause: /^zone:A$/ },
    { when: 'zone B slow', params: { entity: 'payment' }, label: 'abnormal', cause: /^zone:B$/ },
    { when: 'database saturated', params: { entity: 'payment' }, label: 'abnormal', cause: /^dependency:payment-db$/ },
    { when: 'load test', params: { entity: 'payment' }, label: 'normal' },
    { when: 'payment not scraped', params: { entity: 'payment' }, label: 'unseen' },
    ...healthy.flatMap((_, when): Case[] =>
      ['payment', 'trade-create'].map((entity) => ({ when, params: { entity }, label: 'normal' })),
    ),
  ],
  'error-burst': [
    {
      when: 'error burst of cashier',
      params: { entity: 'cashier-render' },
      label: 'abnormal',
      cause: /^entity:cashier-render$/,
    },
    {
      when: 'bad change of payment',
      params: { entity: 'payment' },
      label: 'abnormal',
      cause: /^change:CHG-1$/,
      deploy: { entity: 'payment', hosts: ['pay-a-1', 'pay-a-2', 'pay-a-3'], version: 'v2' },
    },
    {
      when: 'bad change of all payment hosts',
      params: { entity: 'payment' },
      label: 'abnormal',
      cause: /^change:CHG-1$/,
      deploy: { entity: 'payment', version: 'v2' },
    },
    { when: 'errors of one host', params: { entity: 'stock' }, label: 'abnormal', cause: /^host:stock-b-1$/ },
    { when: 'database saturated', params: { entity: 'payment' }, label: 'abnormal', cause: /^dependency:payment-db$/ },
    { when: 'load test', params: { entity: 'payment' }, label: 'normal' },
    { when: 'payment not scraped', params: { entity: 'payment' }, label: 'unseen' },
    ...healthy.flatMap((_, when): Case[] =>
      ['payment', 'stock'].map((entity) => ({ when, params: { entity }, label: 'normal' })),
    ),
  ],
  'entity-check': [
    { when: 'database saturated', params: { entity: 'payment' }, label: 'abnormal', cause: /^dependency:payment-db$/ },
    { when: 'slow host', params: { entity: 'trade-create' }, label: 'abnormal', cause: /^host:trade-b-2$/ },
    { when: 'bad change of payment', params: { entity: 'payment' }, label: 'abnormal', cause: /^version:payment@v2$/ },
    { when: 'load test', params: { entity: 'stock' }, label: 'normal' },
    ...healthy.map((_, when): Case => ({ when, params: { entity: 'cashier-render' }, label: 'normal' })),
  ],
  saturation: [
    { when: 'database saturated', params: { entity: 'payment-db' }, label: 'abnormal', cause: /^capacity:payment-db$/ },
    { when: 'database saturated', params: { entity: 'payment' }, label: 'abnormal', cause: /^dependency:payment-db$/ },
    { when: 'connections leak', params: { entity: 'payment-db' }, label: 'abnormal', cause: /^capacity:payment-db$/ },
    { when: 'load test', params: { entity: 'payment-db' }, label: 'normal' },
    { when: 'bad change of payment', params: { entity: 'payment' }, label: 'normal' },
    ...healthy.map((_, when): Case => ({ when, params: { entity: 'payment-db' }, label: 'normal' })),
  ],
  'low-traffic-alert': [
    { when: 'hardly any traffic', params: { entity: 'payment' }, label: 'unseen' },
    {
      when: 'source drop',
      params: { entity: 'payment' },
      label: 'abnormal',
      cause: /^source:marketplace$/,
    },
    { when: 'bad change of payment', params: { entity: 'payment' }, label: 'abnormal', cause: /^version:payment@v2$/ },
    {
      when: 'error burst of cashier',
      params: { entity: 'cashier-render' },
      label: 'abnormal',
      cause: /^entity:cashier-render$/,
    },
    { when: 'payment not scraped', params: { entity: 'payment' }, label: 'unseen' },
    { when: 'load test', params: { entity: 'payment' }, label: 'normal' },
    ...healthy.map((_, when): Case => ({ when, params: { entity: 'payment' }, label: 'normal' })),
  ],
  'host-outlier': [
    { when: 'slow host', params: { entity: 'trade-create' }, label: 'abnormal', cause: /^host:trade-b-2$/ },
    { when: 'slow host', params: { entity: 'trade-b-2' }, label: 'abnormal', cause: /^host:trade-b-2$/ },
    { when: 'errors of one host', params: { entity: 'stock' }, label: 'abnormal', cause: /^host:stock-b-1$/ },
    { when: 'bad change of payment', params: { entity: 'payment' }, label: 'abnormal', cause: /^version:payment@v2$/ },
    { when: 'risk hangs', params: { entity: 'payment' }, label: 'normal' },
    { when: 'load test', params: { entity: 'payment' }, label: 'normal' },
    ...healthy.flatMap((_, when): Case[] =>
      ['trade-create', 'risk'].map((entity) => ({ when, params: { entity }, label: 'normal' })),
    ),
  ],
  'zone-outlier': [
    { when: 'zone A slow', params: { entity: 'zone-A' }, label: 'abnormal', cause: /^zone:A$/ },
    { when: 'zone B slow', params: { entity: 'shop' }, label: 'abnormal', cause: /^zone:B$/ },
    { when: 'risk hangs', params: { entity: 'shop' }, label: 'normal' },
    { when: 'error burst of cashier', params: { entity: 'shop' }, label: 'normal' },
    { when: 'load test', params: { entity: 'zone-B' }, label: 'normal' },
    ...healthy.map((_, when): Case => ({ when, params: { entity: 'zone-A' }, label: 'normal' })),
  ],
}

type CaseResult = Parameters<typeof summariseBacktest>[0][number]
const labelOf = ({ label }: Case) => (label === 'unseen' ? null : label)
const nameOf = ({ when, params }: Case) =>
  `${typeof when === 'number' ? `healthy ${when}` : when}, ${Object.values(params)[0]}`

describe.each(Object.entries(templates))('%s', (template, cases) => {
  const ended: CaseResult[] = []

  test.each(cases.map((one) => [nameOf(one), one] as const))('%s', async (_, one) => {
    const { report, seconds } = await runCase(template, one)
    const { verdict, conclusion, cause, hypotheses } = report
    ended.push({ label: labelOf(one), status: 'done', verdict: verdict.value, durationMs: Math.round(seconds * 1000) })
    const wanted = one.label === 'unseen' ? 'inconclusive' : one.label
    expect({ verdict: verdict.value, conclusion }).toEqual({ verdict: wanted, conclusion })
    const isRight = one.cause === undefined || one.cause.test(cause?.key ?? '')
    expect({ cause: cause?.key, isRight, hypotheses }).toEqual({ cause: cause?.key, isRight: true, hypotheses })
    // What is abnormal without a next step helps nobody, and what is unseen must say what is missing.
    expect(report.nextAction === undefined).toBe(wanted === 'normal')
    expect((report.unchecked ?? []).length > 0 || wanted !== 'inconclusive').toBe(true)
  })

  test('its backtest: every labelled case is right', () => {
    const { labelled, accuracy, precision, recall } = summariseBacktest(ended)
    expect({ ended: ended.length, accuracy, precision, recall }).toEqual({
      ended: cases.length,
      accuracy: 1,
      precision: 1,
      recall: 1,
    })
    expect(labelled).toBeGreaterThanOrEqual(8)
  })
})

test('the same moment diagnosed twice gives the same report', async () => {
  const one: Case = { when: 'zone A slow', params: { entity: 'trade-create' }, label: 'abnormal' }
  const [first, second] = [await runCase('latency-rise', one), await runCase('latency-rise', one)]
  expect(second.report).toEqual(first.report)
})

test('a fault in one zone offers to switch, with what the runbook that switches needs', async () => {
  const { report } = await runCase('zone-outlier', {
    when: 'zone A slow',
    params: { entity: 'shop' },
    label: 'abnormal',
  })
  expect(report.nextAction).toMatchObject({
    title: 'Switch shop traffic from zone A to zone B',
    runbook: 'switch-traffic',
    params: { entity: 'shop', from_zone: 'A', to_zone: 'B' },
  })
})

function lastWednesday(before: number): number {
  const midnight = Math.floor(before / day) * day
  const back = (new Date(midnight).getUTCDay() + 7 - 3) % 7
  return midnight - back * day + 20 * hour
}
