import { Worker } from '@temporalio/worker'
import { updateNames, type RunState } from '@tenon/runbook'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually, startEngine, type Engine } from '../../test/engine.ts'
import { testNodes, type Trace } from '../../test/nodes.ts'
import { answer, plan, runOf, statuses } from '../../test/plans.ts'

const trace: Trace = { ran: [], aborted: [], approvers: new Map() }
let engine: Engine
beforeAll(async () => {
  engine = await startEngine(testNodes(trace))
})
afterAll(() => engine.stop())

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

test('a plan by its hash is read from the database, and a run of compute steps only is written once', async () => {
  const branch = (id: string, on: string) => ({
    id,
    type: 'steer.branch',
    effect: 'compute' as const,
    outcomes: ['yes', 'no'],
    input: { condition: on === 'yes' },
  })
  const made = plan([branch('a', 'yes'), branch('b', 'no'), branch('c', 'yes')], ['a -yes-> b', 'b -no-> c'])
  engine.plans.set(made.hash, made)
  const one = runOf(made)
  finished.push(one.runId)
  const handle = await engine.start(one, { planRef: made.hash })
  const state = (await handle.result()) as RunState
  expect(statuses(state)).toEqual({ a: 'done', b: 'done', c: 'done' })
  const projections = engine.projections.filter((other) => other.runId === one.runId)
  expect(projections).toMatchObject([{ revision: 1, status: 'succeeded' }])
  expect(projections[0]?.steps.map((step) => step.state.status)).toEqual(['done', 'done', 'done'])
})

test('a write of a rehearsal is planned and not carried out', async () => {
  const one = runOf(plan([{ id: 'a', type: 'test.write', effect: 'write' }], []), { mode: 'rehearsal' })
  finished.push(one.runId)
  const state = await engine.run(one)
  expect(state.steps['a']).toMatchObject({
    status: 'done',
    result: { outcome: 'done', output: { planned: { title: 'Set on' } } },
  })
  expect(trace.ran).not.toContain(`${one.runId}/a`)
})

test('evidence that is too large is replaced by a note; an output that is too large fails its step', async () => {
  const state = await run(
    plan(
      [
        { id: 'evidence', type: 'test.large', effect: 'read', input: { evidence: 3_000_000 } },
        { id: 'output', type: 'test.large', effect: 'read', input: { output: 3_000_000 } },
      ],
      ['evidence -done-> output'],
    ),
  )
  const projected = engine.projections
    .filter(({ runId }) => runId === finished.at(-1))
    .flatMap(({ steps }) => steps.filter(({ stepId, state: now }) => stepId === 'evidence' && now.status === 'done'))
  expect(projected[0]?.state).toMatchObject({
    result: { evidence: [{ id: 'large', text: expect.stringContaining('left out') }, { text: 'It stays.' }] },
  })
  expect(state.steps['output']).toMatchObject({ status: 'failed', error: { code: 'result-too-large' } })
})

test('many outputs that are too much together do not break the run', async () => {
  const many = Array.from({ length: 8 }, (_, index) => `s${index}`)
  const one = runOf(
    plan(
      many.map((id) => ({ id, type: 'test.large', effect: 'read', input: { evidence: 900_000 } })),
      many.slice(1).map((id, index): `${string} -${string}-> ${string}` => `s${index} -done-> ${id}`),
    ),
  )
  const state = await engine.run(one)
  expect(state.status).toBe('succeeded')
  expect(Object.values(statuses(state))).toEqual(many.map(() => 'done'))
  const projected = engine.projections.filter(({ runId }) => runId === one.runId).flatMap(({ steps }) => steps)
  // Each step's evidence is written once and whole, though the run began anew on the way.
  const written = projected.filter(
    ({ state: now }) => now.status === 'done' && now.result.evidence?.[0]?.id === 'large',
  )
  expect(written.map(({ stepId }) => stepId)).toEqual(many)
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
