/** Coverage on a real database: alerts that are stored, runbooks that are published, their tests and runs. */
import { createDataService, modelFile } from '@tenon/data'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RestServer, startRestServer } from '../test/rest-server.ts'
import { readCoverage } from './read-coverage.ts'
import { openServer, type ServerWorld } from '../test/server-world.ts'

const model = modelFile.parse({
  tenonModel: 1,
  entities: [{ id: 'payment', kind: 'service', title: 'Payment' }],
  tables: {
    requests: {
      each: 'service',
      source: 'metrics',
      dimensions: { service: 'service' },
      measures: { latency: { title: 'Latency', kind: 'histogram', unit: 's', bad: 'up', select: 'seconds_bucket' } },
    },
  },
})

const test1 = (outcome: string) => `tests:
  one:
    title: It concludes
    at: 2026-03-01T10:00:00Z
    steps: { slow: { outcome: normal, verdict: normal } }
    expect: { verdict: ${outcome} }
`
const runbook = (name: string, more: string, measure = 'payment.latency') => `tenon: 1
name: ${name}
title: ${name}
params: { entity: { type: entity, default: payment } }
${more}nodes:
  slow: { type: judge.anomaly, with: { measure: ${measure} } }
  conclude: { type: judge.conclude${more.includes('diagnoses') ? ', startBy: 50s' : ''} }
edges: [{ from: slow, on: always, to: conclude }]
`

let world: ServerWorld
let rest: RestServer

beforeAll(async () => {
  world = await openServer()
  const data = createDataService({ model, sources: async () => null })
  world.services.data = async () => data
  rest = await startRestServer(world.services)
  const editor = await world.as('editor')
  const texts = [
    runbook('latency-rise', `diagnoses: { subjects: [service], symptoms: [latency] }\n${test1('normal')}`),
    runbook('failing', test1('abnormal'), 'payment.gone'),
  ]
  for (const source of texts) {
    const { name } = await editor.runbooks.create({ source })
    await editor.runbooks.publish({ name, revision: 1 })
  }
  const fired = { severity: 'critical', annotations: {}, generatorUrl: '', measure: null } as const
  const at = Date.now() - 60_000
  await world.db.alerts.receive('test', [
    { ...fired, fingerprint: 'a', name: 'PaymentSlow', labels: {}, startsAt: at, endsAt: null, entity: 'payment' },
    { ...fired, fingerprint: 'b', name: 'PaymentSlow', labels: {}, startsAt: at, endsAt: null, entity: 'payment' },
    { ...fired, fingerprint: 'c', name: 'Lonely', labels: {}, startsAt: at, endsAt: null, entity: null },
    { ...fired, fingerprint: 'd', name: 'LongAgo', labels: {}, startsAt: 1_000, endsAt: 2_000, entity: null },
  ])
})
afterAll(async () => {
  await rest?.close()
  await world?.close()
})

test('gaps and what is covered, with how often it alerted', async () => {
  const viewer = await world.as('viewer')
  const { rows } = await viewer.coverage.get()
  expect(rows.map(({ kind, id, alerts, state }) => ({ kind, id, alerts, state }))).toEqual([
    { kind: 'alert', id: 'Lonely', alerts: 1, state: 'none' },
    { kind: 'entity', id: 'payment', alerts: 2, state: 'covered' },
    { kind: 'alert', id: 'PaymentSlow', alerts: 2, state: 'covered' },
  ])
})

test('a runbook that fails its tests, names what is gone or never ran is stale; REST says the same', async () => {
  const operator = await world.as('operator')
  const inAWeek = await readCoverage(world.services, Date.now() + 8 * 86_400_000)
  expect(inAWeek.runbooks.every(({ stale, unused }) => stale && unused)).toBe(true)
  await operator.diagnose.start({ subject: { kind: 'entity', id: 'payment' }, symptom: 'latency' })
  const owner = await world.db.users.create({ name: 'Ada', email: 'ada@example.com', role: 'admin' })
  const { token } = await world.db.tokens.create({ name: 'ci', role: 'viewer', userId: owner.id, expiresAt: null })
  const { body } = await rest.call('GET', '/api/v1/coverage', { token })
  expect(body.runbooks).toMatchObject([
    {
      name: 'failing',
      stale: true,
      gone: [{ kind: 'measure', name: 'payment.gone', where: 'Is it abnormal?' }],
      tests: { total: 1, failing: ['It concludes'] },
    },
    {
      name: 'latency-rise',
      stale: false,
      gone: [],
      unbounded: false,
      tests: { total: 1, failing: [] },
      lastRun: { id: expect.any(String) },
    },
  ])
})
