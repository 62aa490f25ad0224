import { expect, test } from 'vitest'
import type { Plan, PlanStep } from '../plan.ts'
import type { StepResult } from '../run.ts'
import { rehearse, type RehearsalTools } from './rehearse.ts'

function planStep(id: string, effect: PlanStep['effect'], ends: string[], fields: Partial<PlanStep> = {}): PlanStep {
  return {
    id,
    type: `test.${effect}`,
    version: 1,
    title: id,
    effect,
    idempotent: true,
    outcomes: ends.map((name) => ({ name, tone: 'neutral', meaning: name })),
    parent: null,
    input: {},
    late: {},
    join: 'all',
    joinDeadlineSeconds: null,
    timeoutSeconds: 30,
    retry: { attempts: 2, backoffSeconds: 60, nonRetryable: [] },
    guards: [],
    mute: null,
    child: null,
    ...fields,
  }
}

function planOf(steps: PlanStep[], arrows: string[] = []): Plan {
  return {
    hash: 'sha256:test',
    runbook: { name: 'drop', title: 'Drop' },
    params: {},
    steps,
    edges: arrows.map((arrow) => {
      const [from = '', on = '', to = ''] = arrow.split(' ')
      return { from, on, to }
    }),
    timeoutSeconds: 3600,
    onFailure: 'revert',
    priority: 'normal',
    concurrency: null,
    express: false,
  }
}

const context = { runId: 'case', params: {}, trigger: { kind: 'backtest' as const, by: 'ana' }, asOf: 1_000_000 }
const found: StepResult = { outcome: 'found', output: {}, summary: '' }

function tools(read: RehearsalTools['read'], more: Partial<RehearsalTools> = {}): RehearsalTools {
  return {
    read,
    errorOf: (thrown) => ({ code: 'down', message: String(thrown), retryable: true }),
    compute: () => undefined,
    plan: async () => null,
    signal: new AbortController().signal,
    breathe: async () => {},
    ...more,
  }
}

test('reads are asked side by side with the clock of the case; writes are only planned; approvals expire', async () => {
  const plan = planOf(
    [
      planStep('a', 'read', ['found']),
      planStep('b', 'read', ['found']),
      planStep('ask', 'approve', ['approved', 'rejected', 'expired'], {
        input: { question: { kind: 'literal', value: 'Go?' } },
      }),
      planStep('late', 'write', ['done', 'refused']),
    ],
    ['a found ask', 'b found ask', 'ask expired late'],
  )
  let asking = 0
  let most = 0
  const clocks: number[] = []
  const run = await rehearse(
    plan,
    context,
    tools(async ({ asOf }) => {
      clocks.push(asOf)
      most = Math.max(most, (asking += 1))
      await Promise.resolve()
      asking -= 1
      return found
    }),
  )
  expect(run).toMatchObject({ status: 'succeeded', outcomes: { ask: 'expired', late: 'done' } })
  expect(run.actions).toEqual([{ step: 'late', input: {} }])
  expect([clocks, most]).toEqual([[1_000_000, 1_000_000], 2])
})

test('a read that fails is tried again without waiting, then the run fails', async () => {
  let calls = 0
  const plan = planOf([planStep('a', 'read', ['found'])])
  const run = await rehearse(
    plan,
    context,
    tools(async () => {
      calls += 1
      throw new Error('away')
    }),
  )
  expect([run.status, calls]).toEqual(['failed', 2])
})

test('a child is rehearsed as well', async () => {
  const child = { runbook: 'other', version: 1, planHash: 'sha256:child' }
  const plan = planOf([planStep('c', 'child', ['normal', 'done'], { child })])
  const other = planOf([planStep('a', 'read', ['found'])])
  const run = await rehearse(
    plan,
    context,
    tools(async () => found, { plan: async (hash) => (hash === child.planHash ? other : null) }),
  )
  expect(run.outcomes).toEqual({ c: 'done' })
  const gone = await rehearse(
    plan,
    context,
    tools(async () => found),
  )
  expect(gone.outcomes).toEqual({ c: 'error' })
})

test('it ends when it is told to', async () => {
  const plan = planOf([planStep('a', 'read', ['found'])])
  await expect(
    rehearse(
      plan,
      context,
      tools(async () => found, { signal: AbortSignal.abort(new Error('stopped')) }),
    ),
  ).rejects.toThrow('stopped')
})

test('a long loop lets others have their turn', async () => {
  const items = { kind: 'literal' as const, value: Array.from({ length: 200 }, (_, index) => index) }
  const plan = planOf([
    planStep('all', 'each', ['done', 'partial', 'empty'], { input: { items } }),
    planStep('look', 'read', ['found'], { parent: 'all' }),
  ])
  let breaths = 0
  const breathe = async (): Promise<void> => {
    breaths += 1
  }
  const run = await rehearse(
    plan,
    context,
    tools(async () => found, { breathe }),
  )
  expect(run.status).toBe('succeeded')
  expect(breaths).toBeGreaterThanOrEqual(3)
})
