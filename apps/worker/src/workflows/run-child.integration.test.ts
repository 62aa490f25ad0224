import { updateNames, type Plan, type RunState } from '@tenon/runbook'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually, startEngine, type Engine } from '../../test/engine.ts'
import { testNodes, type Trace } from '../../test/nodes.ts'
import { answer, plan, runOf } from '../../test/plans.ts'

const trace: Trace = { ran: [], aborted: [], approvers: new Map() }
let engine: Engine
beforeAll(async () => {
  engine = await startEngine(testNodes(trace))
})
afterAll(() => engine.stop())

const judge = (verdict: string) => plan([{ id: 'judge', type: 'test.judge', effect: 'read', input: { verdict } }], [])
const hang = plan([{ id: 'a', type: 'test.hang', effect: 'read' }], [])

function parentOf(child: Plan, options: { timeoutSeconds?: number; runbook?: string } = {}): Plan {
  engine.plans.set(child.hash, child)
  const { timeoutSeconds = 30, runbook = 'child' } = options
  return plan(
    [
      {
        id: 'sub',
        type: 'steer.run-runbook',
        effect: 'child',
        outcomes: ['done', 'normal', 'abnormal', 'inconclusive'],
        input: { runbook, params: {} },
        child: { runbook, version: 1, planHash: child.hash },
        timeoutSeconds,
      },
    ],
    [],
  )
}

describe('a step that runs another runbook', () => {
  test.each(['normal', 'abnormal', 'inconclusive'])('ends as the verdict of that run: %s', async (verdict) => {
    const state = await engine.run(runOf(parentOf(judge(verdict))))
    expect(state.steps['sub']).toMatchObject({
      status: 'done',
      result: { outcome: verdict, output: { status: 'succeeded', verdict, conclusion: `It is ${verdict}.` } },
    })
  })

  test('ends as done when that run concludes nothing', async () => {
    const state = await engine.run(runOf(parentOf(plan([answer('a')], []))))
    expect(state.steps['sub']).toMatchObject({ status: 'done', result: { outcome: 'done', output: { verdict: null } } })
  })

  test('fails when that run fails, and says why', async () => {
    const failing = plan([{ id: 'a', type: 'test.missing', effect: 'read' }], [])
    const state = await engine.run(runOf(parentOf(failing)))
    expect(state.steps['sub']).toMatchObject({
      status: 'failed',
      error: { code: 'child-failed', message: expect.stringContaining('test.missing'), retryable: false },
    })
  })

  test('fails when that runbook is gone', async () => {
    const state = await engine.run(runOf(parentOf(hang, { runbook: 'missing' })))
    expect(state.steps['sub']).toMatchObject({ status: 'failed', error: { code: 'unknown-runbook' } })
  })

  test('over its time cancels that run and fails as timeout', async () => {
    const state = await engine.run(runOf(parentOf(hang, { timeoutSeconds: 1 })))
    expect(state.steps['sub']).toMatchObject({ status: 'failed', error: { code: 'timeout', retryable: true } })
    expect(await endOfNewestChild()).toMatchObject({ status: 'cancelled' })
  })

  test('cancelled with its run cancels that run, whose work is told within two seconds', async () => {
    const one = runOf(parentOf(hang))
    const handle = await engine.start(one)
    const child = await eventually(
      () => engine.projections.findLast(({ steps }) => steps.some(({ stepId }) => stepId === 'a'))?.runId,
    )
    await eventually(() => trace.ran.includes(`${child}/a`))
    const askedAt = Date.now()
    const cancel = { by: 'ana@example.com', reason: 'enough' }
    await engine.client.workflow.getHandle(one.runId).executeUpdate(updateNames.cancelRun, { args: [cancel] })
    expect(await handle.result()).toMatchObject({ status: 'cancelled', steps: { sub: { status: 'cancelled' } } })
    const aborted = await eventually(() => trace.aborted.find(({ step }) => step === `${child}/a`))
    expect(aborted.at - askedAt).toBeLessThan(2000)
    expect(await engine.client.workflow.getHandle(child).result()).toMatchObject({ status: 'cancelled' })
  })

  test('of a parent that is terminated is told to cancel', async () => {
    const before = trace.ran.length
    const one = runOf(parentOf(hang))
    const handle = await engine.start(one)
    const began = await eventually(() => trace.ran.slice(before).find((step) => step.endsWith('/a')))
    await engine.client.workflow.getHandle(handle.workflowId).terminate('test')
    const [child = ''] = began.split('/')
    expect(await engine.client.workflow.getHandle(child).result()).toMatchObject({ status: 'cancelled' })
  })

  test('in a run whose history begins anew waits for that run all the same', async () => {
    const slow = plan([answer('a', { waitMs: 3000 })], [])
    const made = parentOf(slow)
    const busy = Array.from({ length: 30 }, (_, index) => answer(`b${index}`))
    const both = plan(
      [...made.steps.map((step) => ({ ...step, outcomes: step.outcomes.map(({ name }) => name), input: {} })), ...busy],
      busy.slice(1).map(({ id }, index): `${string} -${string}-> ${string}` => `b${index} -done-> ${id}`),
    )
    const handle = await engine.start(runOf(both), { renewAfterEvents: 50 })
    const state = (await handle.result()) as RunState
    expect(state.status).toBe('succeeded')
    expect(state.steps['sub']).toMatchObject({ result: { outcome: 'done' } })
  })
})

async function endOfNewestChild(): Promise<unknown> {
  const newest = engine.projections.findLast(({ steps }) => steps.some(({ stepId }) => stepId === 'a'))
  return engine.client.workflow.getHandle(newest?.runId ?? '').result()
}
