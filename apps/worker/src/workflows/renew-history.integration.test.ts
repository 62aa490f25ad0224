import { updateNames, type RunState } from '@tenon/runbook'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, startEngine, type Engine } from '../../test/engine.ts'
import { testNodes, type Trace } from '../../test/nodes.ts'
import { answer, Cel, plan, runOf } from '../../test/plans.ts'

const trace: Trace = { ran: [], aborted: [], approvers: new Map() }
let engine: Engine
beforeAll(async () => {
  engine = await startEngine(testNodes(trace))
})
afterAll(() => engine.stop())

const rounds = 300

/** A loop beside an approval and a wait for an event, so that all of them cross from one execution into the next. */
const long = plan(
  [
    {
      id: 'loop',
      type: 'steer.for-each',
      effect: 'each',
      outcomes: ['done', 'partial', 'empty'],
      input: { items: Array.from({ length: rounds }, (_, index) => index), concurrency: 10 },
      late: { collect: { kind: 'expression', cel: 'item' } },
    },
    { ...answer('check', { outcome: new Cel("index % 2 == 0 ? 'yes' : 'no'") }), parent: 'loop', timeoutSeconds: 20 },
    {
      id: 'ask',
      type: 'steer.approve',
      effect: 'approve',
      outcomes: ['approved', 'rejected', 'expired'],
      input: { question: 'Go on?', expiresAfter: '5m', approvals: 2 },
      guards: ['write'],
    },
    { id: 'write', type: 'test.write', effect: 'write' },
    {
      id: 'event',
      type: 'steer.wait-event',
      effect: 'event',
      outcomes: ['received', 'expired'],
      input: { event: 'deployed', expiresAfter: '5m' },
    },
    { id: 'pause', type: 'steer.wait', effect: 'wait', input: { for: '3s' } },
  ],
  ['ask -approved-> write'],
)

test('a long run begins its history anew as often as it must, and loses neither a step nor a message', async () => {
  const one = runOf(long)
  const handle = await engine.start(one, { renewAfterEvents: 250 })
  const first = (await handle.describe()).runId
  const request = await eventually(() => engine.approvals.find(({ runId }) => runId === one.runId))
  const hashes = request.plans.map(({ hash }) => hash)
  const decide = (by: string) => engine.decide(one.runId, { stepId: 'ask', decision: 'approved', by, hashes })
  await decide('bo@example.com')

  // Messages all the time, also while one execution ends and the next begins.
  let joined = 0
  const executions = new Set([first])
  while (executions.size < 3) {
    const trigger = { kind: 'webhook', by: `alert-${joined}` }
    await engine.client.workflow.getHandle(one.runId).executeUpdate(updateNames.joinRun, { args: [trigger] })
    joined += 1
    executions.add((await engine.client.workflow.getHandle(one.runId).describe()).runId)
  }
  await decide('cy@example.com')
  const event = { name: 'deployed', id: 'e1', payload: { version: 2 } }
  const delivery = { stepId: 'event', event }
  await engine.client.workflow.getHandle(one.runId).executeUpdate(updateNames.deliverEvent, { args: [delivery] })

  const state = (await engine.client.workflow.getHandle(one.runId).result()) as RunState
  expect(state.status).toBe('succeeded')
  const { output } = (state.steps['loop'] as Extract<RunState['steps'][string], { status: 'done' }>).result as {
    output: { count: number; succeeded: number; results: { value: number }[] }
  }
  expect(output).toMatchObject({ count: rounds, succeeded: rounds })
  expect(output.results.map(({ value }) => value)).toEqual(Array.from({ length: rounds }, (_, index) => index))
  // Each step once: what an execution began it also ended.
  const ran = trace.ran.filter((step) => step.startsWith(`${one.runId}/check#`))
  expect(ran).toHaveLength(rounds)
  expect(new Set(ran).size).toBe(rounds)
  expect(trace.ran.filter((step) => step === `${one.runId}/write`)).toHaveLength(1)
  expect(state.steps['ask']).toMatchObject({
    result: { outcome: 'approved', output: { approvals: [{ by: 'bo@example.com' }, { by: 'cy@example.com' }] } },
  })
  expect(state.steps['event']).toMatchObject({ result: { outcome: 'received', output: { id: 'e1' } } })
  expect(state.steps['pause']).toMatchObject({ status: 'done' })
  expect(state.joined.map(({ by }) => by)).toEqual(Array.from({ length: joined }, (_, index) => `alert-${index}`))
  const revisions = engine.projections.filter(({ runId }) => runId === one.runId).map(({ revision }) => revision)
  expect(revisions).toEqual(revisions.map((_, index) => index + 1))
}, 120_000)
