import type { RunState } from '@tenon/runbook'
import { expect, test } from 'vitest'
import { contextOf, edge, planOf, read, registryOf, set, type Reading } from '../test/plans.ts'
import { createExpressRunner, type FinishedRun } from './express-runner.ts'

const row = { runbookId: 'r1', version: 3, baseRunId: null }

function makeRunner(options: { answer?: Reading['answer']; most?: number; record?: () => Promise<void> } = {}) {
  const reading: Reading = { calls: [], answer: options.answer ?? (async (stepId) => stepId) }
  const recorded: FinishedRun[] = []
  const runner = createExpressRunner({
    nodes: registryOf(reading),
    contextFor: async () => ({
      data: {} as never,
      changes: { between: async () => [] },
      alerts: { current: async () => [] },
    }),
    record: async (batch) => {
      await options.record?.()
      recorded.push(...batch)
    },
    most: options.most,
  })
  return { runner, reading, recorded }
}

const statuses = (state: RunState) =>
  Object.fromEntries(Object.entries(state.steps).map(([id, one]) => [id, one.status]))
const never = () => new Promise<string>(() => undefined)

test('compute steps follow each other, each over what those before it gave, and the record says all of it', async () => {
  const { runner, recorded } = makeRunner()
  const plan = planOf([set('one', '1 + 1'), set('two', 'steps.one.output.value * 10')], { edges: [edge('one', 'two')] })
  const context = contextOf()
  const { state } = await runner.run({ plan, context }, row)
  expect(state).toMatchObject({
    status: 'succeeded',
    steps: { one: { status: 'done' }, two: { status: 'done', result: { output: { value: 20 } } } },
  })
  expect(recorded).toEqual([{ ...row, plan, state }])
})

test('reads that nothing joins in a row are asked side by side', async () => {
  const gate = Promise.withResolvers<string>()
  const { runner, reading } = makeRunner({ answer: () => gate.promise })
  const running = runner.run({ plan: planOf([read('a'), read('b'), read('c')]), context: contextOf() }, row)
  while (reading.calls.length < 3) await new Promise(setImmediate)
  gate.resolve('yes')
  expect(statuses((await running).state)).toEqual({ a: 'done', b: 'done', c: 'done' })
})

test('a read that fails is asked again with its backoff, and its last error is the run’s', async () => {
  const failing = Object.assign(new Error('Nobody answers.'), { code: 'source-unreachable' })
  const { runner, reading } = makeRunner({
    answer: async (_, call) => {
      if (call < 3) throw failing
      return 'there'
    },
  })
  const retry = (attempts: number) => ({ attempts, backoffSeconds: 0.01, nonRetryable: [] })
  const plan = planOf([read('look', { retry: retry(3) })])
  expect((await runner.run({ plan, context: contextOf() }, row)).state).toMatchObject({
    status: 'succeeded',
    steps: { look: { status: 'done', attempt: 3 } },
  })
  reading.calls.length = 0
  const fewer = planOf([read('look', { retry: retry(2) })])
  expect((await runner.run({ plan: fewer, context: contextOf() }, row)).state).toMatchObject({
    status: 'failed',
    error: { code: 'source-unreachable', retryable: true },
  })
})

test('a read that takes too long ends with its timeout, and what it says later changes nothing', async () => {
  const late = Promise.withResolvers<string>()
  const { runner, reading, recorded } = makeRunner({ answer: () => late.promise })
  const plan = planOf([read('slow', { timeoutSeconds: 0.02 })])
  const { state } = await runner.run({ plan, context: contextOf() }, row)
  expect(state).toMatchObject({ status: 'failed', steps: { slow: { status: 'failed', error: { code: 'timeout' } } } })
  expect(reading.calls[0]?.signal.aborted).toBe(true)
  late.resolve('at last')
  await new Promise(setImmediate)
  expect(recorded[0]?.state).toBe(state)
})

test('the run’s own timeout ends it', async () => {
  const { runner, reading } = makeRunner({ answer: never })
  const plan = planOf([read('slow')], { timeoutSeconds: 0.02 })
  const { state } = await runner.run({ plan, context: contextOf() }, row)
  expect([state.status, statuses(state)]).toEqual(['timed-out', { slow: 'cancelled' }])
  expect(reading.calls[0]?.signal.aborted).toBe(true)
})

test('a cancel reaches the reads under way; a run that is not here is not cancelled', async () => {
  const { runner, reading } = makeRunner({ answer: never })
  const context = contextOf()
  const running = runner.run({ plan: planOf([read('slow')]), context }, row)
  while (reading.calls.length === 0) await new Promise(setImmediate)
  expect(runner.cancel(context.runId, { by: 'ana', reason: 'enough' })).toBe(true)
  const { state } = await running
  expect([state.status, statuses(state)]).toEqual(['cancelled', { slow: 'cancelled' }])
  expect(reading.calls[0]?.signal.aborted).toBe(true)
  expect(runner.cancel(context.runId, { by: 'ana', reason: 'again' })).toBe(false)
  expect(runner.active).toBe(0)
})

test('the first of two reads ends the other', async () => {
  const { runner, reading } = makeRunner({
    answer: (stepId) => (stepId === 'fast' ? Promise.resolve('here') : never()),
  })
  const plan = planOf([read('fast'), read('slow'), { ...set('end', '1'), join: 'first' }], {
    edges: [edge('fast', 'end'), edge('slow', 'end')],
  })
  const { state } = await runner.run({ plan, context: contextOf() }, row)
  expect([state.status, statuses(state)]).toEqual(['succeeded', { fast: 'done', slow: 'cancelled', end: 'done' }])
  expect(reading.calls.find(({ stepId }) => stepId === 'slow')?.signal.aborted).toBe(true)
})

test('a loop of a thousand rounds lets others have their turn', async () => {
  const { runner } = makeRunner()
  const items = { kind: 'expression' as const, cel: 'params.items' }
  const plan = planOf([
    {
      id: 'each',
      type: 'steer.for-each',
      effect: 'each',
      timeoutSeconds: 0,
      input: { items, concurrency: { kind: 'literal', value: 10 } },
    },
    { ...set('inside', 'item + 1'), parent: 'each' },
  ])
  let turns = 0
  const count = setInterval(() => (turns += 1), 0)
  const context = contextOf({ params: { items: Array.from({ length: 1_000 }, (_, index) => index) } })
  const { state } = await runner.run({ plan, context }, row)
  clearInterval(count)
  expect(state).toMatchObject({
    status: 'succeeded',
    steps: { each: { status: 'done' }, 'inside#999': { status: 'done' } },
  })
  expect(turns).toBeGreaterThan(0)
})

test('beyond what it takes on it refuses at once, and takes on again when there is room', async () => {
  const gate = Promise.withResolvers<string>()
  const { runner, recorded } = makeRunner({ answer: () => gate.promise, most: 2 })
  const plan = planOf([read('slow')])
  const start = () => runner.run({ plan, context: contextOf() }, row)
  const two = [start(), start()]
  await expect(start()).rejects.toMatchObject({ code: 'express-overloaded', retryable: true })
  gate.resolve('on')
  await Promise.all(two)
  await start()
  expect(recorded).toHaveLength(3)
})

test('what needs a durable run is refused', async () => {
  const { runner, recorded } = makeRunner()
  const plan = planOf([{ id: 'ask', type: 'steer.approve', effect: 'approve' }])
  const refused = runner.run({ plan, context: contextOf() }, row)
  await expect(refused).rejects.toMatchObject({ code: 'express-not-qualified' })
  expect(recorded).toEqual([])
})

test('a run whose record is not durable did not count', async () => {
  const { runner } = makeRunner({ record: () => Promise.reject(new Error('No connection.')) })
  const failed = runner.run({ plan: planOf([set('one', '1')]), context: contextOf() }, row)
  await expect(failed).rejects.toMatchObject({ code: 'express-not-recorded' })
  expect(runner.active).toBe(0)
})

test('a step that throws something odd fails with words, and the run goes on its way', async () => {
  const { runner } = makeRunner({ answer: () => Promise.reject(new TypeError('x is not a function')) })
  const plan = planOf([read('odd'), set('after', '1')], { edges: [edge('odd', 'after', 'error')] })
  const { state } = await runner.run({ plan, context: contextOf() }, row)
  expect(state).toMatchObject({
    status: 'succeeded',
    steps: {
      odd: { status: 'failed', error: { code: 'internal', message: 'x is not a function' } },
      after: { status: 'done' },
    },
  })
})
