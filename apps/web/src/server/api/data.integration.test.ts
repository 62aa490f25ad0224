/** The catalogue of data services through the server's own procedures, on a real database. */
import { createDataService, modelFile } from '@tenon/data'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openServer, runbookSource, type ServerWorld } from '../test/server-world.ts'

const model = modelFile.parse({
  tenonModel: 1,
  entities: [
    { id: 'gateway', kind: 'service' },
    { id: 'payment', kind: 'service', title: 'Payment', owner: 'payments', from: 'metrics: service' },
    { id: 'payment-db', kind: 'database' },
    { id: 'zone-A', kind: 'zone', attributes: { zone: 'A' } },
  ],
  tables: {
    requests: {
      title: 'Requests',
      each: 'service',
      source: 'metrics',
      dimensions: { service: 'service', zone: 'zone', version: 'version' },
      measures: {
        'success-rate': {
          title: 'Success rate',
          kind: 'ratio',
          unit: 'ratio',
          bad: 'down',
          of: 'ok_total',
          per: 'all_total',
        },
        succeeded: { title: 'Succeeded', kind: 'counter', unit: 'requests/min', bad: 'down', select: 'ok_total' },
      },
    },
  },
  relations: [
    { from: 'gateway', to: 'payment', kind: 'calls', by: 'metrics: calls' },
    { from: 'payment', to: 'payment-db', kind: 'stores-in' },
  ],
  chains: [
    {
      id: 'card',
      title: 'Card',
      steps: [
        { id: 'a', title: 'Gateway', entity: 'gateway', measure: 'gateway.succeeded' },
        { id: 'b', title: 'Payment', entity: 'payment', measure: 'payment.succeeded' },
      ],
    },
  ],
})

let world: ServerWorld
let viewer: Awaited<ReturnType<ServerWorld['as']>>

beforeAll(async () => {
  world = await openServer()
  const data = createDataService({ model, sources: async () => null })
  world.services.data = async () => data
  viewer = await world.as('viewer')
})
afterAll(() => world?.close())

const using = (name: string, measure: string) =>
  runbookSource(name).replace(
    'nodes:',
    `nodes:\n  look: { type: judge.anomaly, title: Look at it, with: { measure: ${measure} } }`,
  )

test('search answers what is meant', async () => {
  const { hits, total } = await viewer.data.search({ text: 'success rate payment zone A' })
  expect(hits[0]).toMatchObject({ kind: 'measure', ref: 'payment.success-rate', where: { zone: 'A' } })
  expect(total).toBeGreaterThan(1)
  expect((await viewer.data.search({ text: '', kinds: ['entity'], limit: 1, offset: 1 })).hits[0]?.ref).toBe('payment')
  await expect(viewer.data.search({ text: 'x'.repeat(201) })).rejects.toMatchObject({ code: 'BAD_REQUEST' })
})

test('a service says what it is, how it can be asked and who uses it, also by a chain', async () => {
  const editor = await world.as('editor')
  await editor.runbooks.create({ source: using('asks', 'payment.success-rate') })
  await editor.runbooks.create({ source: using('asks-another', 'other-payment.success-rate-2') })
  await editor.runbooks.create({ source: runbookSource('by-chain').replace('card-payment', 'card') })
  expect(await viewer.data.service({ ref: 'payment.success-rate' })).toEqual({
    ref: 'payment.success-rate',
    tableId: 'requests',
    tableTitle: 'Requests',
    entity: 'payment',
    each: 'service',
    title: 'Success rate',
    description: '',
    unit: 'ratio',
    kind: 'ratio',
    bad: 'down',
    seasonality: 'weekly',
    dimensions: [
      { name: 'zone', values: ['A'] },
      { name: 'version', values: [] },
    ],
    where: { service: 'payment' },
    source: 'metrics',
    expression: 'ok_total / all_total',
    usedBy: [{ runbook: 'asks', title: 'asks', nodes: ['Look at it'] }],
    provenance: 'metrics: service',
  })
  expect((await viewer.data.service({ ref: 'payment.succeeded' })).usedBy).toEqual([
    { runbook: 'by-chain', title: 'by-chain', nodes: [] },
  ])
  await expect(viewer.data.service({ ref: 'payment.sucess-rate' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
    cause: { problem: { code: 'unknown-measure', fix: 'Did you mean "payment.success-rate"?' } },
  })
})

test('an entity comes with its measures, links, changes and alerts', async () => {
  const at = Date.now() - 60_000
  const base = { kind: 'deploy', title: 'v2', startedAt: at, endedAt: null, author: null }
  await world.db.changes.upsert({ ...base, id: 'C-1', scope: { entity: 'payment' } })
  await world.db.changes.upsert({ ...base, id: 'C-2', scope: { entity: 'gateway', hosts: ['payment'] } })
  await world.db.changes.upsert({ ...base, id: 'C-3', scope: { entity: 'gateway' } })
  const alert = (fingerprint: string, status: string, labels: object) => ({
    kind: 'webhook' as const,
    source: 'asks/alerts',
    runbookName: 'asks',
    environment: 'production',
    dedupKey: `${fingerprint} ${status}`,
    bytes: 1,
    payload: { status, labels: { alertname: 'Drop', ...labels }, annotations: { summary: 'Fewer' }, fingerprint },
  })
  await world.db.inbound.accept(alert('f1', 'firing', { service: 'payment' }))
  await world.db.inbound.accept(alert('f1', 'resolved', { service: 'payment' }))
  await world.db.inbound.accept(alert('f2', 'firing', { service: 'gateway' }))

  const page = await viewer.data.entityPage({ id: 'payment' })
  expect(page.entity).toMatchObject({ id: 'payment', title: 'Payment' })
  expect(page.measures.map(({ ref }) => ref)).toEqual(['payment.success-rate', 'payment.succeeded'])
  expect(page.relations.links).toEqual(
    expect.arrayContaining([
      { from: 'gateway', to: 'payment', kind: 'calls', by: 'metrics: calls', hops: 1 },
      { from: 'payment', to: 'payment-db', kind: 'stores-in', hops: 1 },
    ]),
  )
  expect(page.relations.entities.map(({ id }) => id).toSorted()).toEqual(['gateway', 'payment', 'payment-db'])
  expect(page.changes.map(({ id }) => id).toSorted()).toEqual(['C-1', 'C-2'])
  expect(page.alerts).toEqual([expect.objectContaining({ name: 'Drop', state: 'resolved', summary: 'Fewer' })])
  await expect(viewer.data.entityPage({ id: 'nobody' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
})
