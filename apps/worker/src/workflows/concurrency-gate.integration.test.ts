import { WithStartWorkflowOperation } from '@temporalio/client'
import {
  gateWorkflowId,
  updateNames,
  workflowNames,
  type Entered,
  type EnterGate,
  type GatePolicy,
  type Plan,
  type RunInput,
  type RunState,
  type Workflows,
} from '@tenon/runbook'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually, refusalOf, startEngine, type Engine } from '../../test/engine.ts'
import { testNodes, type Trace } from '../../test/nodes.ts'
import { answer, plan, runOf } from '../../test/plans.ts'

const trace: Trace = { ran: [], aborted: [], approvers: new Map() }
let engine: Engine
beforeAll(async () => {
  engine = await startEngine(testNodes(trace))
  for (const made of [quick, hang]) engine.plans.set(made.hash, made)
})
afterAll(() => engine.stop())

const quick = plan([answer('a')], [])
const hang = plan([{ id: 'a', type: 'test.hang', effect: 'read' }], [])

/** The gate of a key that no other test uses. */
function gate() {
  const of = { runbook: 'test', environment: 'production', key: randomUUID() }
  const workflowId = gateWorkflowId(of)
  return {
    handle: () => engine.client.workflow.getHandle(workflowId),
    enter(run: RunInput, policy: GatePolicy): Promise<Entered> {
      const { taskQueue } = engine
      const { context, plan: made } = run
      const asked: EnterGate = { run: { planRef: made.hash, priority: made.priority, context }, policy }
      return engine.client.workflow.executeUpdateWithStart<Workflows['concurrencyGate'], Entered, [EnterGate]>(
        updateNames.enter,
        {
          args: [asked],
          updateId: context.runId,
          startWorkflowOperation: new WithStartWorkflowOperation<Workflows['concurrencyGate']>(
            workflowNames.concurrencyGate,
            { taskQueue, workflowId, workflowIdConflictPolicy: 'USE_EXISTING', args: [of] },
          ),
        },
      )
    },
  }
}

const stateOf = (runId: string) => engine.client.workflow.getHandle(runId).result() as Promise<RunState>
const cancel = (runId: string) =>
  engine.client.workflow
    .getHandle(runId)
    .executeUpdate(updateNames.cancelRun, { args: [{ by: 'ana@example.com', reason: 'enough' }] })
const begun = (run: { runId: string }) => eventually(() => trace.ran.includes(`${run.runId}/a`))

describe('a run whose key is taken', () => {
  test('begins at once when nobody has it, and the gate closes behind it', async () => {
    const [one, door] = [runOf(quick), gate()]
    expect(await door.enter(one, 'queue')).toEqual({ disposition: 'ran', runId: one.runId })
    expect(await stateOf(one.runId)).toMatchObject({ status: 'succeeded' })
    await door.handle().result()
    const again = runOf(quick)
    expect(await door.enter(again, 'drop')).toEqual({ disposition: 'ran', runId: again.runId })
    expect(await stateOf(again.runId)).toMatchObject({ status: 'succeeded' })
  })

  test('queue: waits, says so, and begins in the order of asking', async () => {
    const door = gate()
    const runs = [runOf(hang), runOf(quick), runOf(quick)] as const
    expect(await door.enter(runs[0], 'queue')).toMatchObject({ disposition: 'ran' })
    for (const run of runs.slice(1)) expect(await door.enter(run, 'queue')).toMatchObject({ disposition: 'queued' })
    expect(engine.queued.slice(-2)).toEqual([runs[1].runId, runs[2].runId])
    await begun(runs[0])
    expect(trace.ran).not.toContain(`${runs[1].runId}/a`)
    await cancel(runs[0].runId)
    await door.handle().result()
    const [, second, third] = await Promise.all(runs.map(({ runId }) => stateOf(runId)))
    expect(second?.endedAt).toBeLessThanOrEqual(third?.startedAt ?? 0)
  })

  test('queue: one that waits can leave, and then never begins', async () => {
    const door = gate()
    const [first, second, third] = [runOf(hang), runOf(quick), runOf(quick)]
    for (const run of [first, second, third]) await door.enter(run, 'queue')
    const leave = { by: 'ana@example.com', reason: 'enough' }
    await door.handle().executeUpdate(updateNames.leave, { args: [{ ...leave, runId: second.runId }] })
    const going = door.handle().executeUpdate(updateNames.leave, { args: [{ ...leave, runId: first.runId }] })
    expect(await refusalOf(going)).toBe('not-waiting')
    await cancel(first.runId)
    await door.handle().result()
    expect(await stateOf(third.runId)).toMatchObject({ status: 'succeeded' })
    await expect(stateOf(second.runId)).rejects.toThrow('not found')
  })

  test('drop: does not begin, and is told what goes on', async () => {
    const [door, first, second] = [gate(), runOf(hang), runOf(quick)]
    await door.enter(first, 'drop')
    expect(await door.enter(second, 'drop')).toEqual({ disposition: 'dropped', runId: first.runId })
    await cancel(first.runId)
    await door.handle().result()
    await expect(stateOf(second.runId)).rejects.toThrow('not found')
  })

  test('join: becomes a part of the run that goes on', async () => {
    const [door, first] = [gate(), runOf(hang)]
    const second = runOf(quick, { trigger: { kind: 'webhook', by: 'webhook:test/alerts', payload: { alert: 2 } } })
    await door.enter(first, 'join')
    expect(await door.enter(second, 'join')).toEqual({ disposition: 'joined', runId: first.runId })
    await cancel(first.runId)
    const state = await stateOf(first.runId)
    expect(state.joined).toMatchObject([{ by: 'webhook:test/alerts', payload: { alert: 2 } }])
  })

  test('replace: begins when the one before it has been cancelled; those that waited are replaced, too', async () => {
    const door = gate()
    const [first, second, third] = [runOf(hang), runOf(quick), runOf(quick)]
    await door.enter(first, 'replace')
    await begun(first)
    await door.enter(second, 'queue')
    expect(await door.enter(third, 'replace')).toEqual({ disposition: 'ran', runId: third.runId })
    const state = await eventually(() => stateOf(third.runId).catch(() => null))
    expect(state.status).toBe('succeeded')
    const replaced = await stateOf(first.runId)
    expect(replaced).toMatchObject({ status: 'cancelled', error: { message: expect.stringContaining(third.runId) } })
    expect(replaced.endedAt).toBeLessThanOrEqual(state.startedAt)
    await door.handle().result()
    await expect(stateOf(second.runId)).rejects.toThrow('not found')
  })

  test('that is terminated gives its place to the next', async () => {
    const [door, first, second] = [gate(), runOf(hang), runOf(quick)]
    await door.enter(first, 'queue')
    await door.enter(second, 'queue')
    await engine.client.workflow.getHandle(first.runId).terminate('test')
    await door.handle().result()
    expect(await stateOf(second.runId)).toMatchObject({ status: 'succeeded' })
  })
})

test('many at a time, as a gate opens and closes: each is answered, each runs, never two at once', async () => {
  const door = gate()
  const answers: string[] = []
  const runs = Array.from({ length: 40 }, () => runOf(slowly))
  engine.plans.set(slowly.hash, slowly)
  for (const [index, run] of runs.entries()) {
    // In small groups, so that some find the gate closing.
    if (index % 4 === 0) await new Promise((resolve) => setTimeout(resolve, 40))
    void door.enter(run, 'queue').then(({ disposition }) => answers.push(disposition))
  }

  await eventually(() => answers.length === runs.length)
  const states = await Promise.all(runs.map((run) => eventually(() => stateOf(run.runId).catch(() => null))))
  const spans = states.map(({ startedAt, endedAt }) => [startedAt, endedAt ?? 0] as const).toSorted(([a], [b]) => a - b)
  for (const [index, [startedAt]] of spans.entries())
    expect(startedAt).toBeGreaterThanOrEqual(spans[index - 1]?.[1] ?? 0)
}, 120_000)

const slowly: Plan = plan([answer('a', { waitMs: 20 })], [])
