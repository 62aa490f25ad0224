import { expect, test } from 'vitest'
import { chosenRunbooks, missingSymptoms, staleReasons, todoOf, type RunbookState } from './coverage-words.ts'

const latency = {
  symptom: 'latency',
  runbook: { name: 'latency-rise', title: 'Latency rise' },
  general: false,
} as const
const drop = { symptom: 'drop', runbook: { name: 'general', title: 'General' }, general: true } as const
const few = { symptom: 'low-traffic', runbook: null, general: false } as const

test('what is missing is said, and what is chosen is listed once, the special ones first', () => {
  const row = { symptoms: [drop, latency, few, { ...drop, symptom: 'errors' as const }] }
  expect(missingSymptoms(row)).toEqual(['drop', 'low traffic', 'errors'])
  expect(chosenRunbooks(row).map(({ name }) => name)).toEqual(['latency-rise', 'general'])
})

test('a runbook is stale for what it names, its tests, its age and because nobody ran it', () => {
  const now = Date.parse('2026-06-01T00:00:00Z')
  const well: RunbookState = {
    name: 'a',
    title: 'A',
    savedAt: '2026-05-01T00:00:00Z',
    publishedAt: '2026-05-01T00:00:00Z',
    lastRun: { id: 'r', at: '2026-05-20T00:00:00Z' },
    untouched: false,
    unused: false,
    gone: [],
    unbounded: false,
    tests: { total: 3, failing: [] },
    testProblem: null,
    stale: false,
  }
  expect(staleReasons(well, now)).toEqual([])
  expect([well, { ...well, untouched: true }, { ...well, unused: true }].map(todoOf)).toEqual([
    'Open',
    'Open and look',
    'Open and run',
  ])
  const bad: RunbookState = {
    ...well,
    savedAt: '2026-01-01T00:00:00Z',
    lastRun: null,
    untouched: true,
    unused: true,
    unbounded: true,
    gone: [{ kind: 'measure', name: 'payment.gone', where: 'Is it abnormal?' }],
    tests: { total: 3, failing: ['One zone'] },
  }
  expect(staleReasons(bad, now)).toEqual([
    'Is it abnormal? names the measure payment.gone, which the model has no longer',
    '1 of 3 tests fails: One zone',
    'it may conclude too late: give the step that concludes a startBy of at most 50 s',
    'nobody saved it for 151 days',
    'it never ran',
  ])
  expect(todoOf(bad)).toBe('Open and mend')
})
