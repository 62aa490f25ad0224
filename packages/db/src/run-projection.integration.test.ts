import type { Report, StepState } from '@tenon/runbook'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { at, begun, done, projectionOf, running } from '../test/projection.ts'
import { newRun, openWorld, type World } from '../test/world.ts'

let world: World

beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world?.close())

let made = 0
const makeRun = async (): Promise<string> => {
  made += 1
  return (await world.db.runs.create(await newRun(world.db, `projected-${made}`))).id
}
const iso = (ms: number): string => new Date(ms).toISOString()

test('every state of a step is kept as it was, rounds of loops apart', async () => {
  const { runs } = world.db
  const id = await makeRun()
  const steps: Record<string, StepState> = {
    a: { status: 'waiting', ...begun, on: { kind: 'time', until: at + 5_000 } },
    b: { status: 'waiting', ...begun, on: { kind: 'event', event: 'deployed', expiresAt: at + 9_000 } },
    c: { status: 'waiting', ...begun, on: { kind: 'people', expiresAt: at + 7_000, plans: [], approvals: [] } },
    d: { ...done, origin: 'pinned' },
    e: { status: 'cancelled', endedAt: at + 1_000, begun },
    f: { status: 'cancelled', endedAt: at + 1_000 },
    g: { status: 'skipped', endedAt: at + 1_000, reason: 'Not asked for.' },
    'h#2.0': running,
    'h#2.1': { status: 'pending' },
  }
  await runs.project(projectionOf(id, 1, { steps }))
  const rows = new Map((await runs.steps(id)).map((row) => [row.stepId, row]))
  expect(rows.get('a')).toMatchObject({
    status: 'waiting',
    output: null,
    waitsFor: { kind: 'time', until: iso(at + 5_000) },
  })
  expect(rows.get('b')).toMatchObject({ waitsFor: { kind: 'event', event: 'deployed', expiresAt: iso(at + 9_000) } })
  expect(rows.get('c')).toMatchObject({ waitsFor: { kind: 'people', expiresAt: iso(at + 7_000) } })
  expect(rows.get('d')).toMatchObject({ status: 'done', origin: 'pinned', reason: null, waitsFor: null })
  expect(rows.get('e')).toMatchObject({ status: 'cancelled', attempt: 1, input: { zone: 'a' }, startedAt: iso(at) })
  expect(rows.get('f')).toMatchObject({ status: 'cancelled', attempt: 0, startedAt: null, input: null })
  expect(rows.get('g')).toMatchObject({ status: 'skipped', reason: 'Not asked for.', origin: null })
  expect(rows.get('h#2.0')).toMatchObject({ status: 'running', input: { zone: 'a' } })
  expect(rows.get('h#2.1')).toMatchObject({ status: 'pending', startedAt: null })
})

const report = (conclusion: string): Report =>
  ({
    conclusion,
    verdict: {
      value: 'abnormal',
      confidence: 1,
      reasons: [],
      quality: { completeness: 1, freshnessSeconds: 0, notes: [] },
    },
    since: null,
    affected: [],
    cause: null,
    hypotheses: [],
    facts: [],
    sections: [],
  }) as unknown as Report

const concluded = (conclusion: string, endedAt: number): StepState => ({
  ...done,
  endedAt,
  result: { outcome: 'abnormal', output: null, summary: '', report: report(conclusion) },
})

test('of several reports the newest is the run’s, in whatever order they come', async () => {
  const { runs } = world.db
  const id = await makeRun()
  await runs.project(projectionOf(id, 2, { steps: { b: concluded('second', at + 2_000) } }))
  await runs.project(projectionOf(id, 1, { steps: { a: concluded('first', at + 1_000) } }))
  expect(await runs.summary(id)).toMatchObject({
    conclusion: 'second',
    concludedAt: iso(at + 2_000),
    verdict: 'abnormal',
  })
  await runs.project(projectionOf(id, 3, { steps: { c: concluded('third', at + 3_000) } }))
  expect(await runs.summary(id)).toMatchObject({ conclusion: 'third', status: 'running' })
})

test('text that PostgreSQL does not take is kept readable, rather than lost with its run', async () => {
  const { runs } = world.db
  const id = await makeRun()
  const odd: StepState = {
    ...done,
    result: { outcome: 'found', output: { 'a\0': 'x\0y \ud800 \\u0000' }, summary: 'nul \0' },
  }
  await runs.project(projectionOf(id, 1, { steps: { odd } }))
  expect(await runs.steps(id)).toMatchObject([
    { output: { 'a\ufffd': 'x\ufffdy \ufffd \\u0000' }, summary: 'nul \ufffd' },
  ])
})

const request = (runId: string, stepId: string) => ({
  runId,
  stepId,
  question: 'Go on?',
  plans: [],
  allowRequester: false,
  needed: 2,
  approvers: ['ana@example.com'],
  form: { zone: { type: 'zone' as const } },
  requestedAt: at,
  expiresAt: at + 60_000,
})

test('each yes is told, and the end with who decided', async () => {
  const { approvals, runs } = world.db
  const id = await makeRun()
  await approvals.request(request(id, 'ask'))
  expect(await approvals.get(id, 'ask')).toMatchObject({
    status: 'waiting',
    needed: 2,
    approvers: ['ana@example.com'],
    form: { zone: { type: 'zone' } },
    decisions: [],
  })
  const yes = { by: 'ana@example.com', at: at + 1_000, comment: 'fine', form: { zone: 'a' } }
  const decisions = [{ stepId: 'ask', approvals: [yes] }]
  await runs.project(projectionOf(id, 1, { decisions }))
  expect(await approvals.get(id, 'ask')).toMatchObject({
    status: 'waiting',
    decidedBy: null,
    decisions: [{ ...yes, at: iso(yes.at) }],
  })

  const end = { stepId: 'ask', status: 'approved' as const, by: 'ben@example.com', comment: null, at: at + 2_000 }
  await runs.project(projectionOf(id, 2, { approvals: [end], steps: { ask: done } }))
  const ended = {
    status: 'approved',
    decidedBy: 'ben@example.com',
    decidedAt: iso(at + 2_000),
    decisions: [{ by: yes.by }],
  }
  expect(await approvals.get(id, 'ask')).toMatchObject(ended)
  await runs.project(projectionOf(id, 1, { decisions }))
  expect(await approvals.get(id, 'ask')).toMatchObject(ended)
})

test('a run that ended leaves no question open and waits for no event, also when they are noted at the same time', async () => {
  const { approvals, eventWaits, runs } = world.db
  for (let round = 0; round < 10; round += 1) {
    const id = await makeRun()
    await approvals.request(request(id, 'before'))
    await Promise.all([
      approvals.request(request(id, 'meanwhile')),
      eventWaits.add({ runId: id, stepId: 'wait', event: `e-${id}`, expiresAt: Date.now() + 60_000 }),
      runs.project(projectionOf(id, 1, { status: 'cancelled', endedAt: at + 1_000 })),
    ])
    await approvals.request(request(id, 'after'))
    const open = (await approvals.ofRun(id)).filter(({ status }) => status === 'waiting')
    expect(open).toEqual([])
    expect(await eventWaits.waitingFor(`e-${id}`)).toEqual([])
  }
})

test('many projections of one run at the same time end as the newest says', async () => {
  const { runs } = world.db
  const id = await makeRun()
  const at20 = (revision: number): StepState => ({ ...running, attempt: revision })
  const all = Array.from({ length: 20 }, (_, index) =>
    runs.project(projectionOf(id, index + 1, { steps: { a: at20(index + 1), [`s${index}`]: running } })),
  )
  await Promise.all(all)
  expect(await runs.get(id)).toMatchObject({ revision: 20 })
  const rows = await runs.steps(id)
  expect(rows.find(({ stepId }) => stepId === 'a')).toMatchObject({ attempt: 20 })
  expect(rows).toHaveLength(21)
})

test('whether a run tells something is one question', async () => {
  const { approvals, runs } = world.db
  const id = await makeRun()
  expect(await runs.isTelling(id)).toBe(false)
  // What a run does after its conclusion belongs to its answer.
  await world.sql(`UPDATE "run" SET "concludedAt" = now() WHERE "id" = $1`, [id])
  expect(await runs.isTelling(id)).toBe(false)
  await approvals.request(request(id, 'ask'))
  expect(await runs.isTelling(id)).toBe(true)
  const other = await makeRun()
  await runs.project(projectionOf(other, 1, { status: 'succeeded', endedAt: at }))
  expect(await runs.isTelling(other)).toBe(true)
  expect(await runs.isTelling(crypto.randomUUID())).toBe(true)
})
