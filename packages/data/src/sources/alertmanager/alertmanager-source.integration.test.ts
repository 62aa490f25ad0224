/** On a real Alertmanager. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { realAlertmanager, type RealAlertmanager } from '../../../test/real-alertmanager.ts'
import { hostileValues, minute, seriesAsk, unshared, type AskOptions } from '../../../test/series-ask.ts'
import { alertmanagerKind } from './alertmanager-source.ts'
import { readAlerts } from './read-alerts.ts'

let server: RealAlertmanager
const began = Math.floor(Date.now() / 1000) * 1000
// An empty label is no label to an Alertmanager.
const services = hostileValues.filter((value) => value !== '')

beforeAll(async () => {
  server = await realAlertmanager()
  await post('alerts', [
    ...services.map((service, index) =>
      alert({ alertname: 'Down', severity: 'critical', service, index: String(index) }),
    ),
    alert({ alertname: 'Slow', severity: 'warning', service: services[0]! }),
    alert({ alertname: 'Slow', severity: 'warning', service: 'calm' }),
    alert({ alertname: 'Slow', severity: 'warning', service: 'silenced' }),
    { ...alert({ alertname: 'Gone', severity: 'critical', service: 'calm' }), endsAt: iso(began - minute) },
  ])
  await post('silences', {
    matchers: [{ name: 'service', value: 'silenced', isRegex: false, isEqual: true }],
    startsAt: iso(Date.now()),
    endsAt: iso(Date.now() + 60 * minute),
    createdBy: 'test',
    comment: 'a test',
  })
  // It suppresses alerts as they pass its pipeline, some moments after they came.
  for (let attempt = 0; attempt < 300; attempt++) {
    const states = (await readAlerts({ url: server.url, secret: null })).map(({ state }) => state)
    if (states.filter((state) => state === 'suppressed').length === 2 && !states.includes('unprocessed')) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('the alerts were not suppressed')
})
afterAll(() => server?.stop())

const iso = (t: number) => new Date(t).toISOString()
const alert = (labels: Record<string, string>) => ({
  labels,
  annotations: { summary: `${labels.service} is down` },
  startsAt: iso(began - 10 * minute),
  endsAt: iso(began + 60 * minute),
  generatorURL: 'http://rules.example/graph?x=1',
})

async function post(path: string, body: unknown) {
  const response = await fetch(`${server.url}/api/v2/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
}

const dimensions = { service: 'service', severity: 'severity', state: '@state', receiver: '@receiver' }

async function count(options: Partial<AskOptions> = {}) {
  const grid = options.grid ?? [Math.floor(Date.now() / minute) * minute]
  const measure = { kind: 'gauge', select: '*', ...options.measure }
  const ask = seriesAsk({ from: 'alerts', dimensions, ...options, measure, grid })
  const source = alertmanagerKind.open({ kind: 'alertmanager', url: server.url, secret: null }, { fetch: unshared })
  const answer = await source.series(ask)
  return { ...answer, counts: answer.values.map(({ labels, samples }) => [labels, samples.at(-1)?.[1]]) }
}

describe('a real Alertmanager', () => {
  it('tells all alerts that are not resolved, with what suppresses them', async () => {
    const alerts = await readAlerts({ url: server.url, secret: null })
    expect(alerts).toHaveLength(services.length + 3)
    expect(alerts.find(({ labels }) => labels.service === 'silenced')).toMatchObject({
      labels: { alertname: 'Slow', severity: 'warning' },
      annotations: { summary: 'silenced is down' },
      startsAt: began - 10 * minute,
      endsAt: began + 60 * minute,
      state: 'suppressed',
      receivers: ['nobody'],
      silencedBy: [expect.any(String)],
      inhibitedBy: [],
      generatorUrl: 'http://rules.example/graph?x=1',
    })
  })

  it('counts those that are active', async () => {
    const { counts, newest, incomplete, expression, values } = await count()
    expect(counts).toEqual([[{}, services.length + 1]])
    expect(newest).toEqual([{ labels: {}, samples: [[values[0]!.samples[0]![0], expect.any(Number)]] }])
    expect({ incomplete, expression }).toEqual({ incomplete: null, expression: `GET ${server.url}/api/v2/alerts` })
  })

  it('counts suppressed ones where they are named', async () => {
    const byState = await count({ groupBy: ['state'] })
    expect(byState.counts).toHaveLength(2)
    expect(byState.counts).toContainEqual([{ '@state': 'active' }, services.length + 1])
    expect(byState.counts).toContainEqual([{ '@state': 'suppressed' }, 2])
    expect((await count({ measure: { select: '*{@state="suppressed"}' } })).counts).toEqual([[{}, 2]])
    expect((await count({ where: { state: ['suppressed'] }, groupBy: ['receiver'] })).counts).toEqual([
      [{ '@receiver': 'nobody' }, 2],
    ])
  })

  it.each(services)('filters by %j', async (service) => {
    const { counts } = await count({ where: { service: [service] }, groupBy: ['service'] })
    expect(counts).toEqual([[{ service }, 1]])
  })

  it('knows that there is none, which is not that nothing is known', async () => {
    const none = await count({ where: { service: ['nobody'] } })
    expect(none.counts).toEqual([[{}, 0]])
    expect(none.newest[0]!.samples).toHaveLength(1)
  })

  it('divides counts of now', async () => {
    const measure = { kind: 'ratio', operands: 'gauge', of: '*{severity="warning"}', per: '*' }
    expect((await count({ measure })).counts).toEqual([[{}, 1 / (services.length + 1)]])
  })

  it('has no values of before, and says so', async () => {
    const now = Math.floor(Date.now() / minute) * minute
    const range = await count({ grid: [now - 2 * minute, now - minute, now] })
    expect(range.values[0]!.samples).toEqual([[now, services.length + 1]])
    expect(range.incomplete).toBe('Alertmanager tells only what is now; earlier times have no values')
    const past = await count({ grid: [now - 60 * minute] })
    expect(past).toMatchObject({ values: [], newest: [], incomplete: expect.stringContaining('only what is now') })
  })

  it('says what answers', async () => {
    const source = alertmanagerKind.open({ kind: 'alertmanager', url: server.url, secret: null }, { fetch: unshared })
    expect(await source.test()).toEqual({
      ok: true,
      detail: expect.stringMatching(/^It answers: Alertmanager \d+\.\d+\.\d+, active alerts: \d+\.$/),
    })
  })
})
