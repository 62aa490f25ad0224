import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { type RunbookTest, runbookTest } from '../document.ts'
import type { Plan, PlanStep, PlanValue } from '../plan.ts'
import type { ComputeNode } from '../compute-step.ts'
import { recordTest, type RecordedStep } from './record-test.ts'
import { runTest } from './run-test.ts'

const literal = (value: unknown): PlanValue => ({ kind: 'literal', value })
const cel = (text: string): PlanValue => ({ kind: 'expression', cel: text })

function planStep(
  id: string,
  effect: PlanStep['effect'],
  fields: Partial<PlanStep> & { ends?: string[] } = {},
): PlanStep {
  const { ends = ['found', 'none'], ...more } = fields
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
    retry: { attempts: 1, backoffSeconds: 1, nonRetryable: [] },
    guards: [],
    mute: null,
    child: null,
    ...more,
  }
}

function planOf(steps: PlanStep[], arrows: string[] = []): Plan {
  const edges = arrows.map((arrow) => {
    const [from = '', on = '', to = ''] = arrow.split(' ')
    return { from, on, to }
  })
  return {
    hash: 'sha256:test',
    runbook: { name: 'drop', title: 'Drop' },
    params: { chain: { type: 'chain', default: 'card' } },
    steps,
    edges,
    timeoutSeconds: 3600,
    onFailure: 'revert',
    priority: 'normal',
    concurrency: null,
    express: false,
  }
}

/** Says `yes` when the step before it found something. */
const asks: ComputeNode = {
  type: 'test.compute',
  input: z.object({ condition: z.boolean() }),
  output: z.object({}),
  run: (_, { condition }) => ({ outcome: condition === true ? 'yes' : 'no', output: {}, summary: '' }),
}
const compute = (type: string) => (type === 'test.compute' ? asks : undefined)

const at = '2026-03-01T10:00:00Z'
const testOf = (fields: Partial<z.input<typeof runbookTest>>): RunbookTest =>
  runbookTest.parse({ at, expect: {}, ...fields })
const messages = (plan: Plan, one: RunbookTest) =>
  runTest(plan, one, { compute }).failures.map(({ message }) => message)

/** Looks, asks whether something was found, asks people, switches. */
const guarded = planOf(
  [
    planStep('loss', 'read', { input: { chain: cel('params.chain') } }),
    planStep('bad', 'compute', { ends: ['yes', 'no'], input: { condition: cel('steps.loss.outcome == "found"') } }),
    planStep('approve', 'approve', {
      type: 'steer.approve',
      ends: ['approved', 'rejected', 'expired'],
      input: { question: literal('Switch?'), expiresAfter: literal('15m') },
      guards: ['switch'],
    }),
    planStep('switch', 'write', { ends: ['done', 'refused'], input: { zone: cel('steps.loss.output.zone') } }),
    planStep('tell', 'write', { ends: ['sent'] }),
  ],
  ['loss always bad', 'bad yes approve', 'approve approved switch', 'approve expired tell'],
)
const found = { loss: { outcome: 'found', output: { zone: 'a' } } }

describe('answers', () => {
  test('reads and people as recorded, compute for real, writes only planned', () => {
    const result = runTest(
      guarded,
      testOf({
        steps: { ...found, approve: { outcome: 'approved' } },
        expect: {
          status: 'succeeded',
          path: ['loss', 'bad', 'approve', 'switch'],
          outcomes: { bad: 'yes', switch: 'done', tell: 'skipped' },
          actions: [{ step: 'switch', input: { zone: 'a' } }],
        },
      }),
      { compute, name: 'one' },
    )
    expect(result).toMatchObject({ name: 'one', title: 'one', passed: true, failures: [] })
    expect(result.run?.actions).toEqual([{ step: 'switch', input: { zone: 'a' } }])
  })

  test('nobody decides: time goes on until it has expired', () => {
    expect(
      messages(guarded, testOf({ steps: found, expect: { outcomes: { approve: 'expired', tell: 'sent' } } })),
    ).toEqual([])
  })

  test('a read without an answer names the step and what to write', () => {
    const { failures, passed } = runTest(guarded, testOf({ expect: { status: 'succeeded' } }), { compute })
    expect(passed).toBe(false)
    expect(failures).toEqual([
      {
        what: 'answer',
        step: 'loss',
        message: '"loss" reads from outside, and nothing is recorded for it.',
        fix: expect.stringContaining('steps.loss: { outcome:'),
      },
    ])
  })

  test('an error takes the error edge; a list is one answer a time; a retry asks the same again', () => {
    const plan = planOf(
      [planStep('a', 'read', { retry: { attempts: 3, backoffSeconds: 5, nonRetryable: [] } }), planStep('b', 'read')],
      ['a error b'],
    )
    const steps = {
      a: [{ error: { code: 'down', message: 'away', retryable: true } }],
      b: [{ outcome: 'found' }],
    }
    expect(
      messages(plan, testOf({ steps, expect: { outcomes: { a: 'error', b: 'found' }, path: ['a', 'b'] } })),
    ).toEqual([])
  })

  test('a loop takes a list in the order of its rounds, and says when it is too short', () => {
    const plan = planOf([
      planStep('all', 'each', { ends: ['done', 'partial', 'empty'], input: { items: literal(['x', 'y', 'z']) } }),
      planStep('look', 'read', { parent: 'all', input: { item: cel('item') } }),
    ])
    const look = [{ outcome: 'found' }, { outcome: 'none' }, { outcome: 'found' }]
    const result = runTest(plan, testOf({ steps: { look }, expect: { outcomes: { look: 'found' } } }), { compute })
    expect(result.run?.outcomes).toMatchObject({ 'look#0': 'found', 'look#1': 'none', 'look#2': 'found' })
    expect(result.failures.map(({ message }) => message)).toEqual([
      'Expected look to end as found, got none in round 2.',
    ])
    expect(result.run?.path).toEqual(['all', 'look'])
    expect(messages(plan, testOf({ steps: { look: look.slice(0, 2) } }))).toEqual([
      '"look" ran 3 times, but 2 answers are recorded.',
    ])
  })

  test('waits take no time; an event that is recorded comes, one that is not expires', () => {
    const plan = planOf(
      [
        planStep('pause', 'wait', { ends: ['done'], input: { for: literal('30m') } }),
        planStep('event', 'event', {
          ends: ['received', 'expired'],
          input: { event: literal('deployed'), expiresAfter: literal('10m') },
        }),
      ],
      ['pause done event'],
    )
    expect(messages(plan, testOf({ expect: { outcomes: { event: 'expired' }, status: 'succeeded' } }))).toEqual([])
    const event = { outcome: 'received', output: { id: 'e1', payload: { version: 2 } } }
    expect(messages(plan, testOf({ steps: { event }, expect: { outcomes: { event: 'received' } } }))).toEqual([])
  })

  test('several people approve where several are needed, of those who may', () => {
    const input = { question: literal('Go?'), needed: literal(2), approvers: literal(['ana@x', 'bo@x']) }
    const plan = planOf([
      planStep('ok', 'approve', { type: 'steer.approve', ends: ['approved', 'rejected', 'expired'], input }),
    ])
    const approved = testOf({ steps: { ok: { outcome: 'approved' } }, expect: { outcomes: { ok: 'approved' } } })
    expect(messages(plan, approved)).toEqual([])
  })
})

describe('expectations', () => {
  const steps = { ...found, approve: { outcome: 'approved' } }
  test.each([
    [{ status: 'failed' }, 'Expected status failed, got succeeded.'],
    [{ verdict: 'normal' }, 'Expected verdict normal, got no report at all.'],
    [
      { path: ['loss', 'approve'] },
      'Expected approve to run after loss, got bad. Path: loss → bad → approve → switch.',
    ],
    [{ path: ['loss', 'bad', 'approve'] }, 'Expected the run to end after approve, but switch ran.'],
    [
      { path: ['loss', 'bad', 'approve', 'switch', 'tell'] },
      'Expected tell to run after switch, but the run ended there.',
    ],
    [{ outcomes: { bad: 'no' } }, 'Expected bad to end as no, got yes.'],
    [{ outcomes: { baad: 'no' } }, 'There is no step baad.'],
    [{ actions: [] }, 'Expected no more actions, got switch.'],
    [{ actions: [{ step: 'tell' }] }, 'Expected action 1 to be tell, got switch.'],
    [{ actions: [{ step: 'switch' }, { step: 'tell' }] }, 'Expected action 2 to be tell, the run makes no more.'],
    [{ actions: [{ step: 'switch', input: { zone: 'b' } }] }, 'Expected switch with zone "b", got "a".'],
  ] as const)('%j: %s', (expected, message) => {
    expect(messages(guarded, testOf({ steps, expect: expected as never }))).toEqual([message])
  })

  test('parameters that do not fit', () => {
    expect(messages(guarded, testOf({ params: { chian: 'x' }, steps }))).toEqual(['There is no parameter "chian".'])
  })
})

describe('recording', () => {
  const row = (stepId: string, fields: Partial<RecordedStep>): RecordedStep => ({
    stepId,
    status: 'done',
    outcome: null,
    summary: null,
    input: {},
    output: null,
    verdict: null,
    hypotheses: [],
    error: null,
    startedAt: at,
    ...fields,
  })
  const run = { status: 'succeeded', params: { chain: 'card' }, asOf: at, verdict: null }
  const recorded = [
    row('loss', { outcome: 'found', output: { zone: 'a' }, summary: 'Lost.' }),
    row('bad', { outcome: 'yes', startedAt: '2026-03-01T10:00:01Z' }),
    row('approve', {
      outcome: 'approved',
      output: { by: 'ana', comment: 'ok', hashes: ['x'], at },
      startedAt: '2026-03-01T10:00:02Z',
    }),
    row('switch', { outcome: 'done', input: { zone: 'a' }, startedAt: '2026-03-01T10:00:03Z' }),
    row('tell', { status: 'skipped', startedAt: null }),
  ]

  test('a run becomes a test that passes, and that fails when the runbook changes', () => {
    const made = recordTest({ plan: guarded, run, steps: recorded }, { compute })
    if (!made.ok) throw new Error(made.message)
    expect(made.test).toEqual({
      params: { chain: 'card' },
      at,
      steps: {
        loss: { outcome: 'found', output: { zone: 'a' }, summary: 'Lost.' },
        approve: { outcome: 'approved', output: { by: 'ana', comment: 'ok' } },
        switch: { outcome: 'done' },
      },
      expect: {
        status: 'succeeded',
        outcomes: { bad: 'yes' },
        path: ['loss', 'bad', 'approve', 'switch'],
        actions: [{ step: 'switch', input: { zone: 'a' } }],
      },
    })
    expect(runTest(guarded, made.test, { compute }).passed).toBe(true)
    const other = { ...guarded, edges: guarded.edges.map((edge) => (edge.on === 'yes' ? { ...edge, on: 'no' } : edge)) }
    expect(runTest(other, made.test, { compute }).passed).toBe(false)
  })

  test('a run that somebody ended is no test', () => {
    const made = recordTest({ plan: guarded, run: { ...run, status: 'cancelled' }, steps: recorded }, { compute })
    expect(made).toMatchObject({ ok: false, message: expect.stringContaining('cancelled') })
  })
})
