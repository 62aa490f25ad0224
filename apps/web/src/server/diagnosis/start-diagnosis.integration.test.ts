/** From what looks wrong to a run, on a real database and over REST. */
import { createDataService, modelFile } from '@tenon/data'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { problemOf } from '../errors.ts'
import { type RestServer, startRestServer } from '../test/rest-server.ts'
import { openServer, type ServerWorld } from '../test/server-world.ts'
import { previewDiagnosis, startDiagnosis } from './start-diagnosis.ts'

const served = { kind: 'counter', unit: 'requests/min', bad: 'down', select: 'ok_total', title: 'Succeeded' }
const model = modelFile.parse({
  tenonModel: 1,
  entities: [
    { id: 'gateway', kind: 'service', title: 'Gateway' },
    { id: 'payment', kind: 'service', title: 'Payment' },
    { id: 'stock', kind: 'service', title: 'Stock' },
    { id: 'payment-db', kind: 'database', title: 'Payment database' },
    { id: 'pay-a-1', kind: 'host', attributes: { service: 'payment', zone: 'A' } },
    { id: 'zone-A', kind: 'zone', title: 'Zone A', attributes: { zone: 'A' } },
  ],
  tables: {
    requests: {
      each: 'service',
      source: 'metrics',
      dimensions: { service: 'service', zone: 'zone', host: 'host' },
      measures: {
        succeeded: served,
        latency: { title: 'Latency p95', kind: 'histogram', unit: 's', bad: 'up', select: 'seconds_bucket' },
      },
    },
  },
  relations: [{ from: 'payment', to: 'payment-db', kind: 'stores-in' }],
  chains: [{ id: 'card', title: 'Card payment', steps: ['gateway', 'payment'] }],
})

const runbook = (name: string, more: string): string => `tenon: 1
name: ${name}
title: ${name}
${more}
nodes:
  conclude: { type: judge.conclude }
`
const texts = {
  'chain-drop': 'params: { chain: { type: chain } }\ndiagnoses: { subjects: [chain], symptoms: [drop, any] }',
  'latency-rise':
    'params: { entity: { type: entity }, measure: { type: string, default: "" }, since: { type: string, default: "" }, window: { type: duration, default: 15m } }\ndiagnoses: { subjects: [service], symptoms: [latency] }',
  'not-a-diagnosis': 'params: { chain: { type: chain, default: card } }',
}

let world: ServerWorld
let rest: RestServer
let token: string
const by = { trigger: { kind: 'button', by: 'ada@example.com' } } as const

beforeAll(async () => {
  world = await openServer()
  const data = createDataService({ model, sources: async () => null })
  world.services.data = async () => data
  const editor = await world.as('editor')
  for (const [name, more] of Object.entries(texts)) {
    await editor.runbooks.create({ source: runbook(name, more) })
    await editor.runbooks.publish({ name, revision: 1 })
  }
  rest = await startRestServer(world.services)
  const owner = await world.db.users.create({ name: 'Ada', email: 'ada@example.com', role: 'admin' })
  token = (await world.db.tokens.create({ name: 'ci', role: 'operator', userId: owner.id, expiresAt: null })).token
})
afterAll(async () => {
  await rest?.close()
  await world?.close()
})

const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'done',
    (error: unknown) => problemOf(error).code,
  )
const contextOf = (runId: string) => world.engine.started.find(({ context }) => context.runId === runId)?.context

describe('what is asked', () => {
  test('a chain runs the runbook for chains, and the run says why', async () => {
    const {
      runId,
      runbook: name,
      why,
    } = await startDiagnosis(world.services, { subject: { kind: 'chain', id: 'card' } }, by)
    expect({ name, why }).toEqual({ name: 'chain-drop', why: 'drop of Card payment: chain-drop' })
    expect(contextOf(runId)).toMatchObject({
      params: { chain: 'card' },
      trigger: {
        kind: 'button',
        payload: { diagnosis: { subject: { kind: 'chain', id: 'card' }, symptom: 'drop', why } },
      },
    })
  })

  test('a selection of a chart gives measure, window and the moment that is looked at; where it begins is no onset', async () => {
    const { runId } = await startDiagnosis(
      world.services,
      {
        subject: { kind: 'measure', id: 'payment.latency', where: { zone: 'A' } },
        since: '2026-03-01T10:00:00Z',
        until: '2026-03-01T10:20:00Z',
      },
      by,
    )
    expect(contextOf(runId)).toMatchObject({
      asOf: Date.parse('2026-03-01T10:20:00Z'),
      params: { entity: 'payment', measure: 'payment.latency', since: '', window: '20m' },
    })
  })

  test('an alert gives its entity, its measure and when it began', async () => {
    const startsAt = Date.parse('2026-03-01T09:00:00Z')
    await world.db.alerts.receive('test/alerts', [
      {
        fingerprint: 'f1',
        name: 'PaymentLatencyHigh',
        severity: 'critical',
        labels: { alertname: 'PaymentLatencyHigh', service: 'payment' },
        annotations: {},
        startsAt,
        endsAt: Date.parse('2026-03-01T09:30:00Z'),
        generatorUrl: '',
        entity: 'payment',
        measure: 'requests.latency',
      },
    ])
    const [stored] = (await world.db.alerts.list()).groups.flatMap(({ alerts }) => alerts)
    const ended = { subject: { kind: 'alert', id: stored?.id ?? '' } } as const
    const { runId, why } = await startDiagnosis(world.services, ended, by)
    expect(why).toBe('latency of Payment: latency-rise')
    expect(contextOf(runId)?.params).toMatchObject({
      entity: 'payment',
      // Of the whole table in the rule; the alert is of one service.
      measure: 'payment.latency',
      since: '2026-03-01T09:00:00.000Z',
    })
  })

  test('a service of a chain without a runbook of its own is diagnosed as the chain; one in none is refused with what to do', async () => {
    const payment = await previewDiagnosis(world.services, {
      subject: { kind: 'entity', id: 'payment' },
      symptom: 'drop',
    })
    expect(payment).toMatchObject({ runbook: { name: 'chain-drop' }, params: { chain: 'card' }, asOf: null })
    // What a step stores in, or runs on, is diagnosed as the chain of that step.
    for (const id of ['payment-db', 'pay-a-1']) {
      const found = await previewDiagnosis(world.services, { subject: { kind: 'entity', id } })
      expect(found).toMatchObject({ runbook: { name: 'chain-drop' }, params: { chain: 'card' }, general: true })
    }
    const before = world.engine.started.length
    const refused = startDiagnosis(world.services, { subject: { kind: 'entity', id: 'stock' }, symptom: 'drop' }, by)
    await expect(refused).rejects.toMatchObject({
      problem: {
        code: 'no-fitting-runbook',
        message: 'No published runbook diagnoses drop of Stock.',
        fix: expect.stringContaining('diagnoses: { subjects: [service], symptoms: [drop] }'),
      },
    })
    expect(world.engine.started).toHaveLength(before)
  })

  test('what the model has not is named, and times that contradict each other are refused', async () => {
    const ask = (subject: Parameters<typeof startDiagnosis>[1]['subject'], more = {}) =>
      codeOf(startDiagnosis(world.services, { subject, ...more }, by))
    expect(await ask({ kind: 'chain', id: 'crad' })).toBe('unknown-chain')
    expect(await ask({ kind: 'entity', id: 'paymnet' })).toBe('unknown-entity')
    expect(await ask({ kind: 'measure', id: 'payment.nothing' })).toBe('unknown-measure')
    expect(await ask({ kind: 'alert', id: 'nothing' })).toBe('unknown-alert')
    const upside = { since: '2026-03-01T11:00:00Z', until: '2026-03-01T10:00:00Z' }
    expect(await ask({ kind: 'chain', id: 'card' }, upside)).toBe('bad-time')
  })
})

describe('pressing twice', () => {
  test('people who press at once, or again while it goes on, look at one run', async () => {
    const asked = { subject: { kind: 'chain', id: 'card' }, at: '2026-03-02T10:00:10Z' } as const
    const pressed = await Promise.all([1, 2, 3].map(() => startDiagnosis(world.services, asked, by)))
    const again = await startDiagnosis(world.services, { ...asked, at: '2026-03-02T10:00:40Z' }, by)
    expect(new Set([...pressed, again].map(({ runId }) => runId)).size).toBe(1)
    expect(again.joined).toBe(true)
  })

  test('another moment is another run', async () => {
    const asked = { subject: { kind: 'chain', id: 'card' }, at: '2026-03-03T10:00:00Z' } as const
    const first = await startDiagnosis(world.services, asked, by)
    const other = await startDiagnosis(world.services, { ...asked, at: '2026-03-03T11:00:00Z' }, by)
    expect(other.runId).not.toBe(first.runId)
  })
})

describe('over REST', () => {
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    rest.call('POST', '/api/v1/diagnoses', { token, headers, body: JSON.stringify(body) })

  test('the answer has the run, its page, the runbook and why', async () => {
    const answer = await post({ subject: { kind: 'measure', id: 'payment.latency' } })
    expect(answer.status).toBe(202)
    expect(answer.body).toMatchObject({
      runbook: 'latency-rise',
      why: 'latency of Payment: latency-rise',
      joined: false,
      link: expect.stringMatching(/\/runs\/[0-9a-f-]{36}$/),
      run: { status: 'running', trigger: 'api', requestedBy: 'token:ci of ada@example.com' },
    })
  })

  test('a key of the caller decides what is the same', async () => {
    const body = { subject: { kind: 'chain', id: 'card' }, at: '2026-03-04T10:00:00Z' }
    const [one, two] = [await post(body, { 'idempotency-key': 'k1' }), await post(body, { 'idempotency-key': 'k2' })]
    const again = await post(body, { 'idempotency-key': 'k1' })
    expect(again.body.runId).toBe(one.body.runId)
    expect(two.body.runId).not.toBe(one.body.runId)
    expect((await post({ ...body, symptom: 'drop' }, { 'idempotency-key': 'k1' })).status).toBe(409)
  })

  test('nobody may without a role, and nonsense is named', async () => {
    const viewer = await world.as('viewer')
    const refused = viewer.diagnose.start({ subject: { kind: 'chain', id: 'card' } })
    expect(await codeOf(refused)).toBe('role-too-low')
    expect((await post({ subject: { kind: 'planet', id: 'x' } })).status).toBe(400)
    expect((await post({ subject: { kind: 'entity', id: 'stock' } })).body).toMatchObject({
      code: 'no-fitting-runbook',
    })
  })
})
