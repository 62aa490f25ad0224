import { expect, test } from 'vitest'
import { EdgeWorld, testScope } from '../test/edge-world.ts'
import { applyAction } from './apply-action.ts'
import type { MeasureReading } from './measure-reading.ts'
import type { ActionRequest } from './request.ts'

const label = 'payment.success-rate (zone B)'
const request: ActionRequest = {
  kind: 'rate-limit',
  entity: 'payment',
  requestsPerSecond: 5,
  leaseSeconds: 1800,
  harm: [{ measure: 'payment.success-rate', where: { zone: 'B' }, minimum: 0.98, maximum: null }],
}

/** A measure over the last 15 s, whose value the test gives by the seconds since the plan. */
async function applied(valueAt: (second: number) => number | null | Error) {
  const world = new EdgeWorld()
  const begin = world.now
  const readMeasure = async (): Promise<MeasureReading> => {
    const value = valueAt((world.now - begin) / 1000)
    if (value instanceof Error) throw value
    return { unit: 'ratio', newest: value === null ? null : { value, at: world.now, from: world.now - 15_000 } }
  }
  const input = { ...testScope, request, approvedHash: null, approvedBy: null }
  const action = await applyAction(input, { ...world.deps, readMeasure })
  return { action, row: action.verification?.find((row) => row.label === label), seconds: (world.now - begin) / 1000 }
}

test('waits for a value that is all of the time after the action', async () => {
  const { action, row, seconds } = await applied((second) => (second < 15 ? 0.5 : 0.991))
  expect(action.status).toBe('done')
  expect(row).toEqual({ label, before: '50 %', after: '99.1 %', pass: true })
  expect(seconds).toBeGreaterThan(15)
  expect(seconds).toBeLessThan(30)
})

test('a value outside of its bound does not pass', async () => {
  expect((await applied(() => 0.9)).row).toEqual({ label, before: '90 %', after: '90 %', pass: false })
})

test.each([
  ['no value', null],
  ['a value that is no number', Number.NaN],
])('%s never passes', async (_name, value) => {
  const { row } = await applied((second) => (second < 3 ? 0.99 : value))
  expect(row).toEqual({ label, before: '99 %', after: 'no value since', pass: false })
})

test('a measure that the model lost meanwhile does not pass, and undoes nothing', async () => {
  const { action, row } = await applied((second) => (second < 3 ? 0.99 : new Error('no measure')))
  expect(action.status).toBe('done')
  expect(row).toMatchObject({ after: 'could not be read: no measure', pass: false })
})

test('is not waited for when the action is no longer in effect', async () => {
  const world = new EdgeWorld()
  let reads = 0
  const readMeasure = async (): Promise<MeasureReading> => {
    reads += 1
    const action = await world.ledger.find(testScope.key)
    if (action?.status === 'done')
      await world.ledger.advance(action.id, {
        from: ['done'],
        to: 'reverting',
        event: { kind: 'harm', actor: 'system', detail: {} },
      })
    return { unit: 'ratio', newest: null }
  }
  const input = { ...testScope, request, approvedHash: null, approvedBy: null }
  const action = await applyAction(input, { ...world.deps, readMeasure })
  expect(action.verification?.at(-1)).toMatchObject({ after: 'no value while it was in effect', pass: false })
  expect(reads).toBeLessThan(5)
})

test('one that is stopped while it waits is looked at again by who goes on with it', async () => {
  const world = new EdgeWorld()
  const stopping = new AbortController()
  let value: number | null = null
  const readMeasure = async (): Promise<MeasureReading> => {
    const isDone = (await world.ledger.find(testScope.key))?.status === 'done'
    if (isDone && value === null) stopping.abort(new Error('The worker ends'))
    return { unit: 'ratio', newest: value === null ? null : { value, at: world.now, from: world.now - 5_000 } }
  }
  const clock = {
    ...world.deps.clock,
    sleep: async (milliseconds: number, signal?: AbortSignal) => {
      signal?.throwIfAborted()
      await world.deps.clock.sleep(milliseconds)
    },
  }
  const deps = { ...world.deps, clock, readMeasure }
  const input = { ...testScope, request, approvedHash: null, approvedBy: null }
  await expect(applyAction(input, deps, stopping.signal)).rejects.toThrow('The worker ends')
  expect(await world.ledger.find(testScope.key)).toMatchObject({ status: 'done', verification: null })
  value = 0.99
  expect((await applyAction(input, deps)).verification?.at(-1)).toMatchObject({ after: '99 %', pass: true })
  expect(world.applied).toHaveLength(1)
})

test('where nothing can be read, nothing passes', async () => {
  const world = new EdgeWorld()
  const input = { ...testScope, request, approvedHash: null, approvedBy: null }
  const action = await applyAction(input, world.deps)
  expect(action.verification?.at(-1)).toEqual({ label, before: 'not read', after: 'not read', pass: false })
})
