import { updateNames, type PlanStep } from '@tenon/runbook'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, startEngine, type Engine } from '../../test/engine.ts'
import { testNodes, type Trace } from '../../test/nodes.ts'
import { answer, Cel, plan, runOf } from '../../test/plans.ts'

const trace: Trace = { ran: [], aborted: [], approvers: new Map() }
let engine: Engine
beforeAll(async () => {
  engine = await startEngine(testNodes(trace))
})
// Replays every run of these tests: that is what they are for.
afterAll(() => engine.stop())

/** Reads of a few milliseconds, of which many end at about the same time, in an order that nobody knows. */
const soon = (id: string, atMost = 40): ReturnType<typeof answer> =>
  answer(id, { waitMs: Math.floor(Math.random() * atMost) })
const lanes = ['a', 'b', 'c', 'd', 'e', 'f']

/** What follows a read is of every kind that leaves a trace in a history: another read, a timer, a wait for an event, a question, an activity. */
function race() {
  const after: Partial<PlanStep>[] = [
    { type: 'steer.wait', effect: 'wait' },
    { type: 'steer.wait-event', effect: 'event' },
    { type: 'steer.approve', effect: 'approve' },
    { type: 'test.write', effect: 'write' },
  ]
  const input: Record<string, Record<string, unknown>> = {
    wait: { for: `${Math.ceil(Math.random() * 3)}s` },
    event: { event: 'deployed', expiresAfter: '1s' },
    approve: { question: 'Go on?', expiresAfter: '1s' },
    write: {},
  }
  const then = lanes.map((lane, index) => {
    const { type, effect } = after[index % after.length]!
    const outcomes = ['done', 'approved', 'rejected', 'received', 'expired']
    return { id: `then_${lane}`, type: type!, effect: effect!, outcomes, input: input[effect!]! }
  })
  return plan(
    [
      ...lanes.flatMap((lane) => [soon(`${lane}1`), soon(`${lane}2`), { ...soon(`${lane}3`), join: 'any' as const }]),
      ...then,
      { ...soon('first'), join: 'first' },
      { ...soon('two'), join: { atLeast: 2 } },
      {
        id: 'loop',
        type: 'steer.for-each',
        effect: 'each',
        outcomes: ['done', 'partial', 'empty'],
        input: { items: [1, 2, 3, 4, 5, 6, 7, 8], concurrency: 4 },
      },
      { ...answer('inside', { waitMs: new Cel('item * 7 % 5') }), parent: 'loop' },
    ],
    lanes.flatMap((lane) => [
      `${lane}1 -done-> ${lane}2` as const,
      `${lane}2 -done-> ${lane}3` as const,
      `${lane}1 -done-> then_${lane}` as const,
      `${lane}2 -done-> first` as const,
      `${lane}3 -done-> two` as const,
    ]),
  )
}

test('runs whose reads race take the same steps when they are replayed', async () => {
  const runs = Array.from({ length: 30 }, () => runOf(race()))
  await Promise.all(
    runs.map(async (run) => {
      const handle = await engine.start(run)
      // Messages at any moment: each is answered in a task that reads may hold.
      const tell = Array.from({ length: 5 }, (_, index) =>
        engine.client.workflow
          .getHandle(run.runId)
          .executeUpdate(updateNames.joinRun, { args: [{ kind: 'webhook', by: `alert-${index}` }] }),
      )
      await Promise.all(tell)
      const state = (await handle.result()) as { status: string; joined: unknown[] }
      expect(state).toMatchObject({ status: 'succeeded' })
      expect(state.joined).toHaveLength(5)
    }),
  )
}, 120_000)

test('a cancel in the midst of reads is replayed as it was', async () => {
  const runs = Array.from({ length: 20 }, () => runOf(race()))
  await Promise.all(
    runs.map(async (run, index) => {
      const handle = await engine.start(run)
      await eventually(() => trace.ran.some((step) => step.startsWith(run.runId)))
      await new Promise((resolve) => setTimeout(resolve, index * 5))
      const cancel = { by: 'ana@example.com', reason: 'enough' }
      await engine.client.workflow.getHandle(run.runId).executeUpdate(updateNames.cancelRun, { args: [cancel] })
      expect(await handle.result()).toMatchObject({ status: 'cancelled' })
    }),
  )
}, 120_000)
