/** Alerts from receivers and from a real Alertmanager to the pages and the REST API. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { realAlertmanager, type RealAlertmanager } from '@tenon/data/real-alertmanager'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startRestServer, type RestServer } from '../test/rest-server.ts'
import { openServer, publishRunbook, type ServerWorld } from '../test/server-world.ts'
import { startAlertPull } from './pull-alerts.ts'

const secret = 'a-secret-of-the-tests-long-enough'
const minute = 60_000
let world: ServerWorld
let rest: RestServer
let alertmanager: RealAlertmanager

const model = `tenonModel: 1
entities:
  - { id: payment, kind: service }
  - { id: pay-a-1, kind: host, attributes: { service: payment } }
  - { id: zone-A, kind: zone, attributes: { zone: A } }
tables:
  payment:
    entity: payment
    source: shop-metrics
    measures: { succeeded: { title: Succeeded, kind: counter, unit: requests/min, bad: down, select: ok } }
`
const triggers = `
triggers:
  alerts: { kind: webhook, format: alertmanager, secret: test-hook, when: 'event.labels.severity == "never"' }
`

beforeAll(async () => {
  world = await openServer()
  rest = await startRestServer(world.services)
  alertmanager = await realAlertmanager()
  const { db } = world
  const editor = await world.as('editor')
  await editor.model.save({ path: 'shop.yaml', text: model, revision: 0 })
  await world.services.liveData.reload()
  await db.connections.save({ name: 'test-hook', kind: 'hook', url: '', secret })
  await db.connections.save({ name: 'shop-alerts', kind: 'alertmanager', url: alertmanager.url })
  await publishRunbook(world, { name: 'triage', more: triggers })
})
afterAll(async () => {
  await alertmanager?.stop()
  await rest?.close()
  await world?.close()
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

const began = new Date(Math.floor(Date.now() / 1000) * 1000 - 5 * minute).toISOString()
const labelsOf = (service: string): Record<string, string> => ({
  alertname: 'ErrorsHigh',
  severity: 'critical',
  service,
})

async function tellAlertmanager(
  alerts: { labels: Record<string, string>; endsAt?: string; annotations?: object }[],
): Promise<void> {
  const response = await fetch(`${alertmanager.url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(alerts.map((alert) => ({ annotations: {}, startsAt: began, ...alert }))),
  })
  if (!response.ok) throw new Error(await response.text())
}

async function receive(
  alerts: {
    fingerprint: string
    labels: Record<string, string>
    status?: string
    endsAt?: string
    annotations?: object
  }[],
) {
  const body = JSON.stringify({
    version: '4',
    groupKey: '{}',
    receiver: 'tenon',
    status: 'firing',
    alerts: alerts.map((alert) => ({
      status: 'firing',
      annotations: {},
      startsAt: began,
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: '',
      ...alert,
    })),
  })
  return rest.call('POST', '/api/v1/hooks/triage/alerts', { body, token: secret })
}

test('every alert that a receiver gets is on record, whatever its trigger makes of it; a resolved one closes', async () => {
  const viewer = await world.as('viewer')
  const host = { alertname: 'HostSlow', severity: 'warning', service: 'payment', host: 'pay-a-1:9100' }
  const zone = { alertname: 'ZoneSlow', severity: 'P3', zone: 'A' }
  const named = {
    fingerprint: 'c3',
    labels: { alertname: 'Odd' },
    annotations: { tenon_entity: 'payment', tenon_measure: 'payment.succeeded' },
  }
  const answer = await receive([{ fingerprint: 'a1', labels: host }, { fingerprint: 'b2', labels: zone }, named])
  expect(answer).toMatchObject({ status: 200, body: { events: [{ disposition: 'filtered' }, {}, {}] } })
  await receive([{ fingerprint: 'a1', labels: host }])
  const { groups, counts } = await viewer.alerts.list({ state: 'open' })
  expect(counts).toMatchObject({ open: 3, closed: 0, verdicts: { waiting: 3 } })
  const found = Object.fromEntries(groups.map(({ alerts: [alert], ...group }) => [alert!.name, { ...group, ...alert }]))
  expect(found['HostSlow']).toMatchObject({
    title: 'HostSlow on pay-a-1',
    entity: 'pay-a-1',
    severity: 'warning',
    source: 'triage/alerts',
  })
  expect(found['ZoneSlow']).toMatchObject({ entity: 'zone-A', severity: 'info' })
  expect(found['Odd']).toMatchObject({ entity: 'payment', measure: 'payment.succeeded', severity: 'warning' })

  await receive([{ fingerprint: 'a1', labels: host, status: 'resolved', endsAt: new Date().toISOString() }])
  expect((await viewer.alerts.list({ state: 'closed' })).groups.map(({ title }) => title)).toEqual([
    'HostSlow on pay-a-1',
  ])
  const unsigned = await rest.call('POST', '/api/v1/hooks/triage/alerts', { body: '{}' })
  expect(unsigned.status).toBe(401)
})

test('a connected Alertmanager is asked what fires; what it tells no more has ended', async () => {
  const viewer = await world.as('viewer')
  const pull = startAlertPull(world.services)
  pull.stop()
  await tellAlertmanager([{ labels: labelsOf('payment') }, { labels: labelsOf('elsewhere') }])
  expect(await pull.pull()).toBe(1)
  expect(await pull.pull()).toBe(1)
  const open = async () =>
    (await viewer.alerts.list({ state: 'open', text: 'ErrorsHigh' })).groups.map(({ title, severity, entity }) => ({
      title,
      severity,
      entity,
    }))
  expect(await open()).toEqual(
    expect.arrayContaining([
      { title: 'ErrorsHigh on payment', severity: 'critical', entity: 'payment' },
      { title: 'ErrorsHigh on elsewhere', severity: 'critical', entity: null },
    ]),
  )
  await tellAlertmanager([{ labels: labelsOf('elsewhere'), endsAt: new Date().toISOString() }])
  for (let attempt = 0; attempt < 100 && (await open()).length > 1; attempt += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    await pull.pull()
  }
  expect(await open()).toEqual([{ title: 'ErrorsHigh on payment', severity: 'critical', entity: 'payment' }])
  // A receiver's alerts are not this Alertmanager's to end.
  expect((await viewer.alerts.list({ state: 'open', text: 'Odd' })).groups).toHaveLength(1)
})

test('one that does not answer is shown as such, and nothing of it is closed', async () => {
  const viewer = await world.as('viewer')
  const pull = startAlertPull(world.services)
  pull.stop()
  await world.db.connections.save({
    name: 'shop-alerts',
    kind: 'alertmanager',
    url: `http://127.0.0.1:${await freePort()}`,
  })
  expect(await pull.pull()).toBe(0)
  const { sources, suppression } = await viewer.alerts.settings()
  expect(suppression.on).toBe(false)
  expect(sources).toMatchObject([
    {
      name: 'shop-alerts',
      kind: 'pull',
      firing: 1,
      problem: expect.stringContaining('127.0.0.1'),
      since: expect.any(String),
    },
    { name: 'triage/alerts', kind: 'webhook', problem: null },
  ])
  expect((await viewer.alerts.list({ state: 'open', text: 'ErrorsHigh' })).groups).toHaveLength(1)
  await world.db.connections.save({ name: 'shop-alerts', kind: 'alertmanager', url: alertmanager.url })
  expect(await pull.pull()).toBe(1)
  expect((await viewer.alerts.settings()).sources).toMatchObject([{ problem: null, since: null }, {}])
})

test('people label with one press, here and over the REST API; precision follows what they say', async () => {
  const [viewer, operator] = [await world.as('viewer'), await world.as('operator')]
  const { groups } = await viewer.alerts.list({ state: 'open', text: 'ErrorsHigh' })
  const [group] = groups
  const { id } = group!.alerts[0]!
  await world.db.alerts.decide(
    [{ id, action: 'page', verdict: 'real', reason: 'It lasts.', evidence: [], group: group!.key }],
    {
      runId: null,
      at: Date.now(),
      groups: [{ key: group!.key, title: group!.title, entity: 'payment', verdict: 'real', reason: 'It lasts.' }],
    },
  )
  await expect(viewer.alerts.label({ key: group!.key, label: 'real' })).rejects.toMatchObject({ code: 'FORBIDDEN' })
  expect(await operator.alerts.label({ key: group!.key, label: 'real' })).toMatchObject({ label: 'real' })
  expect(await viewer.alerts.precision()).toMatchObject({ before: 1, after: 1, labelled: 1, basis: 'labels' })
  expect(await viewer.alerts.get({ id })).toMatchObject({ alert: { id, verdict: 'real' }, group: { key: group!.key } })
  await expect(viewer.alerts.get({ id: 'none' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(operator.alerts.setSuppression({ on: true })).rejects.toMatchObject({ code: 'FORBIDDEN' })
  await (await world.as('admin')).alerts.setSuppression({ on: true })
  expect((await viewer.alerts.settings()).suppression).toMatchObject({ on: true })

  const { id: user } = await world.db.users.create({ name: 'Ada', email: 'ada@example.com', role: 'operator' })
  const { token } = await world.db.tokens.create({ name: 'ci', role: 'operator', userId: user, expiresAt: null })
  const first = await rest.call('GET', '/api/v1/alerts?limit=1', { token })
  expect(first).toMatchObject({ status: 200, body: { items: [{}], next: expect.any(String) } })
  const second = await rest.call('GET', `/api/v1/alerts?limit=200&cursor=${first.body.next}`, { token })
  expect(second.body.items.map(({ key }: { key: string }) => key)).not.toContain(first.body.items[0].key)
  expect(await rest.call('GET', `/api/v1/alerts/${id}`, { token })).toMatchObject({
    status: 200,
    body: { alert: { id } },
  })
  expect(await rest.call('GET', '/api/v1/alerts/none', { token })).toMatchObject({
    status: 404,
    body: { code: 'unknown-alert' },
  })
  const label = { group: group!.key, label: 'noise' }
  expect(await rest.call('POST', '/api/v1/alert-labels', { token, body: label })).toMatchObject({
    status: 200,
    body: { label: 'noise', labelledBy: 'token:ci of ada@example.com' },
  })
  const unknown = { group: 'none', label: null }
  expect(await rest.call('POST', '/api/v1/alert-labels', { token, body: unknown })).toMatchObject({
    status: 404,
    body: { code: 'unknown-alert-group' },
  })
  expect(await rest.call('GET', '/api/v1/alert-precision', { token })).toMatchObject({
    status: 200,
    body: { before: 0, after: 0, basis: 'labels' },
  })
})
