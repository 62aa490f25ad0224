import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWorld, planOf, type World } from '../test/world.ts'

let world: World

beforeAll(async () => {
  world = await openWorld()
  await world.db.runbooks.create({ name: 'drop', title: 'Drop', source: 'x', by: 'ana@example.com' })
})
afterAll(() => world?.close())

const at = Date.UTC(2026, 0, 1)
const given = {
  name: 'drop',
  version: 2,
  plan: planOf('drop', 'sha256:backtested'),
  title: 'Last alerts',
  requestedBy: 'ana@example.com',
  cases: [
    { asOf: at, params: { zone: 'a' }, label: 'abnormal' as const },
    { asOf: at + 1_000, params: {}, label: null },
  ],
}
const end = {
  status: 'done' as const,
  verdict: 'abnormal' as const,
  conclusion: 'Payment is down.',
  runStatus: 'succeeded' as const,
  actions: [{ step: 'switch', input: { zone: 'a' } }],
  outcomes: { look: 'found' },
  error: null,
  durationMs: 12,
}

test('cases are run in order, each once, and the record says all', async () => {
  const { backtests, plans } = world.db
  const id = await backtests.create(given)
  expect(await plans.get('sha256:backtested')).toEqual(given.plan)
  expect(await backtests.nextPending(id)).toMatchObject({
    position: 0,
    asOf: new Date(at).toISOString(),
    params: { zone: 'a' },
    label: 'abnormal',
    status: 'pending',
  })
  await backtests.finishCase(id, 0, end)
  await backtests.finishCase(id, 0, { ...end, verdict: 'normal' })
  expect(await backtests.nextPending(id)).toMatchObject({ position: 1 })
  const error = { code: 'bad-params', message: 'No.', fix: 'Give one.' }
  await backtests.finishCase(id, 1, { ...end, status: 'failed', verdict: null, error, actions: null, outcomes: null })
  expect(await backtests.nextPending(id)).toBeNull()
  await backtests.end(id, { status: 'done', error: null })
  await backtests.end(id, { status: 'failed', error })
  expect(await backtests.get(id)).toMatchObject({
    runbook: 'drop',
    version: 2,
    status: 'done',
    error: null,
    cases: [
      { position: 0, verdict: 'abnormal', actions: end.actions, outcomes: end.outcomes, durationMs: 12 },
      { position: 1, status: 'failed', verdict: null, error, actions: null },
    ],
  })
  expect(await backtests.list('drop')).toMatchObject([{ id, title: 'Last alerts', status: 'done' }])
})

test('people may say later what a case was', async () => {
  const { backtests } = world.db
  const id = await backtests.create(given)
  await backtests.label(id, 1, 'normal')
  expect(await backtests.get(id)).toMatchObject({ cases: [{ label: 'abnormal' }, { label: 'normal' }] })
  await expect(backtests.label(id, 9, 'normal')).rejects.toMatchObject({ code: 'unknown-backtest-case' })
  await expect(backtests.create({ ...given, name: 'none' })).rejects.toMatchObject({ code: 'unknown-runbook' })
  expect(await backtests.get('none')).toBeNull()
})

test('a pin is the step’s newest, and goes when it is removed', async () => {
  const { pins } = world.db
  const pin = (summary: string) => ({
    name: 'drop',
    stepId: 'look',
    result: { outcome: 'found', output: { loss: 1 }, summary },
    by: 'ana@example.com',
  })
  await pins.set(pin('first'))
  await pins.set(pin('second'))
  expect(await pins.list('drop')).toMatchObject([
    {
      stepId: 'look',
      result: { outcome: 'found', output: { loss: 1 }, summary: 'second' },
      pinnedBy: 'ana@example.com',
    },
  ])
  await pins.remove('drop', 'look')
  await pins.remove('drop', 'look')
  expect(await pins.list('drop')).toEqual([])
  await expect(pins.set({ ...pin('x'), name: 'none' })).rejects.toMatchObject({ code: 'unknown-runbook' })
})
