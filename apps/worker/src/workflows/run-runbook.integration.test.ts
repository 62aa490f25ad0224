import { Worker } from '@temporalio/worker'
import { WorkflowUpdateFailedError } from '@temporalio/client'
import { queryNames, updateNames, type RunState } from '@tenon/runbook'
import { ApplicationFailure } from '@temporalio/common'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually, startEngine, type Engine } from '../../test/engine.ts'
import { testNodes, type Trace } from '../../test/nodes.ts'
import { plan, runOf } from '../../test/plans.ts'

const trace: Trace = { ran: [], aborted: [] }
let engine: Engine
beforeAll(async () => {
  engine = await startEngine(testNodes(trace))
})
afterAll(() => engine.stop())

const answer = (id: string, input: Record<string, unknown> = {}) => ({
  id,
  type: 'test.answer',
  effect: 'read' as const,
  outcomes: ['done', 'yes', 'no'],
  input,
})
const statuses = (state: RunState) =>
  Object.fromEntries(Object.entries(state.steps).map(([id, now]) => [id, now.status]))
const finished: string[] = []

/** Runs to the end and remembers the run, so that its history is replayed by the last test. */
async function run(...args: Parameters<typeof runOf>): Promise<RunState> {
  const one = runOf(...args)
  finished.push(one.runId)
  return engine.run(one)
}

test('steps run in sequence and each change is projected, in order', async () => {
  const one = runOf(plan([answer('a'), answer('b')], ['a -done-> b']))
  finished.push(one.runId)
  const state = await engine.run(one)
  expect(state.status).toBe('succeeded')
  expect(statuses(state)).toEqual({ a: 'done', b: 'done' })
  const projections = engine.projections.filter((other) => other.runId === one.runId)
  expect(projections.map((other) => other.revision)).toEqual(projections.map((_, index) => index + 1))
  expect(projections.at(-1)?.status).toBe('succeeded')
  const ofA = projections.flatMap((other) =>
    other.steps.filter((step) => step.stepId === 'a').map((step) => step.state.status),
  )
  expect(ofA).toEqual(['running', 'done'])
})

test('only the branch of the outcome runs; the other is skipped, and skipping goes on', async () => {
  const state = await run(
    plan(
      [answer('ask', { outcome: 'yes' }), answer('left'), answer('right'), answer('after')],
      ['ask -yes-> left', 'ask -no-> right', 'right -done-> after'],
    ),
  )
  expect(statuses(state)).toEqual({ ask: 'done', left: 'done', right: 'skipped', after: 'skipped' })
})

test('parallel branches run at the same time; `all` waits for both and `any` for the first', async () => {
  const state = await run(
    plan(
      [answer('quick'), answer('slow', { waitMs: 1000 }), answer('both'), { ...answer('first'), join: 'any' }],
      ['quick -done-> both', 'slow -done-> both', 'quick -done-> first', 'slow -done-> first'],
    ),
  )
  const ended = (id: string) => {
    const now = state.steps[id]
    if (now?.status !== 'done') throw new Error(`${id} is ${now?.status}`)
    return now.endedAt
  }
  expect(ended('first')).toBeLessThan(ended('slow'))
  expect(ended('both')).toBeGreaterThanOrEqual(ended('slow'))
})

describe('errors', () => {
  test('a retryable error is tried again as often as the step allows', async () => {
    const flaky = {
      id: 'a',
      type: 'test.flaky',
      effect: 'read' as const,
      input: { failures: 2 },
      retry: { attempts: 3, backoffSeconds: 0.1 },
    }
    const state = await run(plan([flaky], []))
    expect(state.steps['a']).toMatchObject({ status: 'done', attempt: 3, result: { output: { attempts: 3 } } })
  })

  test('an error that is not retryable fails at once, with its code and fix, and takes the error path', async () => {
    const flaky = {
      id: 'a',
      type: 'test.flaky',
      effect: 'read' as const,
      input: { failures: 9, retryable: false },
      retry: { attempts: 3, backoffSeconds: 1 },
    }
    const state = await run(plan([flaky, answer('rescue')], ['a -error-> rescue']))
    expect(state.status).toBe('succeeded')
    expect(state.steps['a']).toMatchObject({
      status: 'failed',
      attempt: 1,
      error: { code: 'source-unreachable', fix: 'Start it.' },
    })
    expect(statuses(state)['rescue']).toBe('done')
  })

  test('a step over its time fails as timeout, and the work is told to stop', async () => {
    const one = runOf(plan([{ id: 'a', type: 'test.hang', effect: 'read', timeoutSeconds: 1 }], []))
    const state = await engine.run(one)
    expect(state).toMatchObject({ status: 'failed', steps: { a: { error: { code: 'timeout' } } } })
    expect(trace.aborted.some(({ step }) => step === `${one.runId}/a`)).toBe(true)
  })

  test('input that does not fit the node is named by its field', async () => {
    const state = await run(plan([answer('a', { waitMs: 'long' })], []))
    expect(state.steps['a']).toMatchObject({
      status: 'failed',
      error: { code: 'bad-input', message: expect.stringContaining('waitMs') },
    })
  })

  test('a node type that the worker lacks is said by name', async () => {
    const state = await run(
      plan(
        [
          { id: 'a', type: 'test.missing', effect: 'read' },
          { id: 'b', type: 'test.missing', effect: 'compute' },
        ],
        [],
      ),
    )
    expect(state.steps).toMatchObject({
      a: { error: { code: 'unknown-node-type' } },
      b: { error: { code: 'unknown-node-type' } },
    })
  })

  test('the run as a whole ends at its timeout', async () => {
    const state = await run(plan([{ id: 'a', type: 'test.hang', effect: 'read' }], [], { timeoutSeconds: 1 }))
    expect(state).toMatchObject({ status: 'timed-out', steps: { a: { status: 'cancelled' } } })
  })
})

describe('approvals', () => {
  const guarded = (expiresAfter: string, input: Record<string, unknown> = {}) =>
    plan(
      [
        {
          id: 'ask',
          type: 'steer.approve',
          effect: 'approve',
          outcomes: ['approved', 'rejected', 'expired'],
          input: { question: 'Switch?', expiresAfter, ...input },
          guards: ['write'],
        },
        { id: 'write', type: 'test.write', effect: 'write' },
        answer('otherwise'),
      ],
      ['ask -approved-> write', 'ask -expired-> otherwise'],
    )

  async function waiting(made: ReturnType<typeof guarded>) {
    const one = runOf(made)
    finished.push(one.runId)
    const handle = await engine.start(one)
    const request = await eventually(() => engine.approvals.find((other) => other.runId === one.runId))
    return { handle, runId: one.runId, hashes: request.plans.map((planned) => planned.hash), request }
  }

  const refusal = async (decision: Promise<void>): Promise<string | null | undefined> => {
    const error = await decision.then(
      () => null,
      (thrown: unknown) => thrown,
    )
    if (!(error instanceof WorkflowUpdateFailedError) || !(error.cause instanceof ApplicationFailure))
      throw new Error('Not refused', { cause: error })
    return error.cause.type
  }

  test('people see the planned action; a yes runs it with the hash that they saw', async () => {
    const { handle, runId, hashes, request } = await waiting(guarded('1m'))
    expect(request).toMatchObject({ question: 'Switch?', plans: [{ stepId: 'write', title: 'Set on' }] })
    await engine.decide(runId, { stepId: 'ask', decision: 'approved', by: 'bo@example.com', hashes })
    const projected = engine.projections.findLast((one) => one.runId === runId && one.approvals.length > 0)
    expect(projected?.approvals).toMatchObject([{ stepId: 'ask', status: 'approved', by: 'bo@example.com' }])
    const state = (await handle.result()) as RunState
    expect(state.steps['write']).toMatchObject({
      status: 'done',
      result: { output: { key: `${runId}/write`, approvedHash: hashes[0] } },
    })
  })

  test('the validator refuses another step, other hashes, the requester where forbidden, and a second decision', async () => {
    const { handle, runId, hashes } = await waiting(guarded('1m', { allowRequester: false }))
    const yes = { stepId: 'ask', decision: 'approved' as const, by: 'bo@example.com', hashes }
    expect(await refusal(engine.decide(runId, { ...yes, stepId: 'write' }))).toBe('no-such-waiting-step')
    expect(await refusal(engine.decide(runId, { ...yes, hashes: ['sha256:0'] }))).toBe('plan-changed')
    expect(await refusal(engine.decide(runId, { ...yes, by: 'ana@example.com' }))).toBe('requester-may-not-approve')
    const before = (await handle.query(queryNames.runState)) as RunState
    expect(before.steps['ask']?.status).toBe('waiting')
    const second = { ...yes, decision: 'rejected' as const }
    const answers = await Promise.allSettled([engine.decide(runId, yes), engine.decide(runId, second)])
    expect(answers.map((one) => one.status).toSorted()).toEqual(['fulfilled', 'rejected'])
    await handle.result()
  })

  test('an approval that nobody decides expires and nothing is written', async () => {
    const { handle, runId } = await waiting(guarded('1s'))
    const state = (await handle.result()) as RunState
    expect(statuses(state)).toEqual({ ask: 'done', write: 'skipped', otherwise: 'done' })
    expect(trace.ran).not.toContain(`${runId}/write`)
    expect(
      engine.projections.findLast((one) => one.runId === runId && one.approvals.length > 0)?.approvals,
    ).toMatchObject([{ status: 'expired', by: null }])
  })
})

describe('cancel', () => {
  test('reaches the running step within two seconds and ends the run as cancelled', async () => {
    const one = runOf(plan([{ id: 'a', type: 'test.hang', effect: 'read' }, answer('b')], ['a -done-> b']))
    finished.push(one.runId)
    const handle = await engine.start(one)
    await eventually(() => trace.ran.includes(`${one.runId}/a`))
    const askedAt = Date.now()
    await handle.executeUpdate(updateNames.cancelRun, { args: [{ by: 'ana@example.com', reason: 'enough' }] } as never)
    const state = (await handle.result()) as RunState
    expect(state).toMatchObject({
      status: 'cancelled',
      error: { code: 'cancelled' },
      steps: { a: { status: 'cancelled' } },
    })
    const aborted = await eventually(() => trace.aborted.find(({ step }) => step === `${one.runId}/a`))
    expect(aborted.at - askedAt).toBeLessThan(2000)
  })

  test("Temporal's own cancel means the same", async () => {
    const one = runOf(plan([{ id: 'a', type: 'test.hang', effect: 'read' }], []))
    finished.push(one.runId)
    const handle = await engine.start(one)
    await eventually(() => trace.ran.includes(`${one.runId}/a`))
    await handle.cancel()
    expect(await handle.result()).toMatchObject({ status: 'cancelled' })
    expect(engine.projections.findLast((other) => other.runId === one.runId)?.status).toBe('cancelled')
  })
})

test('the histories of all these runs replay without a difference', async () => {
  async function* histories() {
    for (const workflowId of finished) {
      yield { workflowId, history: await engine.client.workflow.getHandle(workflowId).fetchHistory() }
    }
  }
  let replayed = 0
  for await (const result of Worker.runReplayHistories({ workflowBundle: { code: engine.code } }, histories())) {
    if (result.error) throw new Error(`Run ${result.workflowId} does not replay`, { cause: result.error })
    replayed += 1
  }
  expect(replayed).toBe(finished.length)
  expect(replayed).toBeGreaterThan(10)
})
