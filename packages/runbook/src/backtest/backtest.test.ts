import { describe, expect, test } from 'vitest'
import { backtestGate, type FinishedBacktest } from './backtest-gate.ts'
import { caseTimes } from './case-times.ts'
import { type CaseResult, summariseBacktest } from './summarise-backtest.ts'

const one = (label: CaseResult['label'], verdict: CaseResult['verdict'], durationMs = 10): CaseResult => ({
  label,
  status: 'done',
  verdict,
  durationMs,
})

test('the matrix counts what ended; inconclusive and failed are never right', () => {
  const summary = summariseBacktest([
    one('abnormal', 'abnormal', 10),
    one('abnormal', 'normal', 20),
    one('abnormal', 'inconclusive', 30),
    one('normal', 'normal', 40),
    one('normal', 'abnormal', 50),
    { label: 'normal', status: 'failed', verdict: null, durationMs: 60 },
    one(null, 'abnormal', 70),
    one(null, null, 80),
    { label: 'normal', status: 'pending', verdict: null, durationMs: null },
  ])
  expect(summary).toEqual({
    total: 9,
    ended: 8,
    matrix: {
      abnormal: { normal: 1, abnormal: 1, inconclusive: 1, none: 0, failed: 0 },
      normal: { normal: 1, abnormal: 1, inconclusive: 0, none: 0, failed: 1 },
      unlabelled: { normal: 0, abnormal: 1, inconclusive: 0, none: 1, failed: 0 },
    },
    labelled: 6,
    accuracy: 2 / 6,
    precision: 1 / 2,
    recall: 1 / 3,
    duration: { p50: 40, p95: 80, total: 360 },
  })
})

test('nothing has ended', () => {
  expect(summariseBacktest([])).toMatchObject({ accuracy: null, precision: null, recall: null, duration: null })
})

test.each([
  [{ from: 0, to: 7_200_000, every: '1h' }, [0, 3_600_000, 7_200_000]],
  [{ from: 5, to: 5, every: '1h' }, [5]],
])('%j', (range, times) => {
  expect(caseTimes(range)).toEqual({ ok: true, times })
})

test.each([
  [{ from: 0, to: 1, every: '0s' }, /time between/],
  [{ from: 0, to: 1, every: 'daily' }, /daily/],
  [{ from: 1, to: 0, every: '1h' }, /ends before/],
  [{ from: 0, to: 86_400_000, every: '1s' }, /86401 cases/],
])('%j is refused', (range, message) => {
  const times = caseTimes(range)
  expect(times.ok ? '' : times.message).toMatch(message)
})

describe('gate', () => {
  const backtest = (planHash: string, cases: [CaseResult['label'], CaseResult['verdict']][]): FinishedBacktest => ({
    id: planHash,
    planHash,
    cases: cases.map(([label, verdict], index) => ({ ...one(label, verdict), asOf: `t${index}`, params: {} })),
  })
  const decide = (draft: FinishedBacktest[], live: FinishedBacktest[], liveHash: string | null = 'live') =>
    backtestGate({ draftHash: 'draft', liveHash, of: (hash) => (hash === 'draft' ? draft : live) })
  const good = (hash: string) =>
    backtest(hash, [
      ['abnormal', 'abnormal'],
      ['normal', 'normal'],
    ])
  const poor = (hash: string) =>
    backtest(hash, [
      ['abnormal', 'normal'],
      ['normal', 'normal'],
    ])

  test('as good or better passes; worse is refused with figures', () => {
    expect(decide([good('draft')], [poor('live')]).ok).toBe(true)
    expect(decide([poor('draft')], [poor('live')]).ok).toBe(true)
    expect(decide([poor('draft')], [good('live')])).toMatchObject({
      ok: false,
      code: 'backtest-worse',
      message: 'The draft is worse than the live version: 50 % of 2 cases right, 100 % in the live version.',
    })
  })

  test('without a backtest of either, or over other cases, it is missing', () => {
    const elsewhere = { ...good('live'), cases: good('live').cases.map((given) => ({ ...given, params: { a: 1 } })) }
    for (const decision of [
      decide([], [good('live')]),
      decide([good('draft')], []),
      decide([good('draft')], [elsewhere]),
    ])
      expect(decision).toMatchObject({ ok: false, code: 'backtest-missing' })
    expect(decide([backtest('draft', [[null, 'normal']])], [good('live')])).toMatchObject({ code: 'backtest-missing' })
  })

  test('cases that fail count as wrong', () => {
    const failed = {
      ...good('draft'),
      cases: good('draft').cases.map((given) => ({ ...given, status: 'failed' as const, verdict: null })),
    }
    expect(decide([failed], [poor('live')])).toMatchObject({ code: 'backtest-worse' })
  })

  test('the first version is measured against nothing, but measured; the same plan needs nothing', () => {
    expect(decide([poor('draft')], [], null).ok).toBe(true)
    expect(decide([], [], null)).toMatchObject({ code: 'backtest-missing' })
    expect(decide([], [], 'draft').ok).toBe(true)
  })
})
