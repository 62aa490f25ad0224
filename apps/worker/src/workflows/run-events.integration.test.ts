import { updateNames, type Delivered, type RunState } from '@tenon/runbook'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, refusalOf, startEngine, type Engine } from '../../test/engine.ts'
import { testNodes, type Trace } from '../../test/nodes.ts'
import { plan, runOf } from '../../test/plans.ts'

const trace: Trace = { ran: [], aborted: [], approvers: new Map() }
let engine: Engine
beforeAll(async () => {
  engine = await startEngine(testNodes(trace))
})
afterAll(() => engine.stop())

const waitFor = (event: string, match?: string) =>
  plan(
    [
      {
        id: 'wait',
        type: 'steer.wait-event',
        effect: 'event',
        outcomes: ['received', 'expired'],
        input: { event, expiresAfter: '20s' },
        ...(match ? { late: { match: { kind: 'expression' as const, cel: match } } } : {}),
      },
    ],
    [],
  )

const deliver = (runId: string, event: { name: string; id: string; payload: unknown }) =>
  engine.client.workflow
    .getHandle(runId)
    .executeUpdate<Delivered, [object]>(updateNames.deliverEvent, { args: [{ stepId: 'wait', event }] })

test('a step waits until an event comes that matches, and then waits no more', async () => {
  const one = runOf(waitFor('deployed', 'event.payload.version == 2'))
  const handle = await engine.start(one)
  await eventually(() => engine.waits.some(({ runId }) => runId === one.runId))
  expect(await deliver(one.runId, { name: 'deployed', id: 'e1', payload: { version: 1 } })).toEqual({ taken: false })
  expect(await deliver(one.runId, { name: 'deployed', id: 'e2', payload: { version: 2 } })).toEqual({ taken: true })
  const state = (await handle.result()) as RunState
  expect(state.steps['wait']).toMatchObject({ result: { outcome: 'received', output: { id: 'e2' } } })
  expect(engine.waits.some(({ runId }) => runId === one.runId)).toBe(false)
})

test('an event that came before the wait was known is not lost', async () => {
  engine.events.push({ name: 'early', id: 'e3', payload: {} })
  const state = await engine.run(runOf(waitFor('early')))
  expect(state.steps['wait']).toMatchObject({ result: { outcome: 'received', output: { id: 'e3' } } })
})

test('a step that does not wait is not told', async () => {
  const one = runOf(plan([{ id: 'wait', type: 'test.hang', effect: 'read' }], []))
  await engine.start(one)
  const event = { name: 'deployed', id: 'e4', payload: {} }
  expect(await refusalOf(deliver(one.runId, event))).toBe('no-such-waiting-step')
  const cancel = { by: 'ana@example.com', reason: 'enough' }
  await engine.client.workflow.getHandle(one.runId).executeUpdate(updateNames.cancelRun, { args: [cancel] })
})
