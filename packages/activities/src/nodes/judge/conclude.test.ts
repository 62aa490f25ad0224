import type { Hypothesis, StepResult, Verdict } from '@tenon/runbook'
import { describe, expect, test } from 'vitest'
import { conclude } from './conclude.ts'

const verdict = (value: Verdict['value'], reason: string, confidence = 0.9): Verdict => ({
  value,
  confidence,
  reasons: [reason],
  quality: { completeness: 1, freshnessSeconds: 5, notes: [] },
})
const step = (id: string, rest: Partial<StepResult>) => ({
  id,
  type: `judge.${id}`,
  title: `${id}?`,
  result: { outcome: 'x', output: null, summary: `${id} is so`, ...rest },
})
const cause = (key: string, likelihood: number, rest: Partial<Hypothesis> = {}): Hypothesis => ({
  kind: 'host',
  key,
  cause: `${key} fails`,
  likelihood,
  supports: [],
  against: [],
  ...rest,
})
const run = (steps: ReturnType<typeof step>[], input: { actionStep?: string; actionRunbook?: string } = {}) => {
  if (conclude.effect !== 'compute') throw new Error('conclude must be pure')
  const { report } = conclude.run({ runId: 'r', stepId: 's', asOf: 0, steps }, input)
  if (!report) throw new Error('no report')
  return report
}

test('nothing judged is inconclusive', () => {
  expect(run([])).toMatchObject({
    verdict: { value: 'inconclusive' },
    conclusion: 'Inconclusive: no step has judged anything.',
  })
})

test('all normal is normal, as sure as the least sure of them', () => {
  const report = run([
    step('a', { verdict: verdict('normal', 'fine', 0.95) }),
    step('b', { verdict: verdict('normal', 'fine', 0.7) }),
  ])
  expect(report.verdict).toMatchObject({ value: 'normal', confidence: 0.7 })
  expect(report.conclusion).toBe('Nothing is wrong: a is so; b is so.')
  expect(report.since).toBeNull()
})

test('one that could not see makes the whole inconclusive, with its reason', () => {
  const report = run([
    step('a', { verdict: verdict('normal', 'fine') }),
    step('b', { verdict: verdict('inconclusive', 'Payment cannot be judged: no data') }),
  ])
  expect(report.verdict.value).toBe('inconclusive')
  expect(report.conclusion).toBe('Inconclusive: payment cannot be judged: no data.')
})

test('one abnormal makes the whole abnormal; what was not seen lowers the confidence', () => {
  const found = step('a', { verdict: verdict('abnormal', 'bad', 1), hypotheses: [cause('h', 0.8)] })
  expect(run([found]).verdict.confidence).toBeCloseTo(0.8)
  const blind = step('b', { verdict: verdict('inconclusive', 'No data') })
  const report = run([found, blind])
  expect(report.verdict.value).toBe('abnormal')
  expect(report.verdict.confidence).toBeCloseTo(0.56)
  expect(report.why).toContain('Not seen: no data')
})

test('equal keys and equal sentences are one cause; the ruled out stay, last', () => {
  const report = run([
    step('a', {
      verdict: verdict('abnormal', 'bad'),
      hypotheses: [cause('version:v2', 0.85, { cause: 'v2 fails', supports: ['29 % fail'] }), cause('zone:A', 0)],
    }),
    step('b', {
      hypotheses: [
        cause('change:C-1', 0.97, { kind: 'change', cause: 'v2 fails', supports: ['40 s before'] }),
        cause('zone:A', 0, { against: ['others are well'] }),
      ],
    }),
  ])
  expect(report.hypotheses.map(({ key }) => key)).toEqual(['change:C-1', 'zone:A'])
  expect(report.cause?.supports).toEqual(['40 s before', '29 % fail'])
  expect(report.hypotheses[1]?.against).toEqual(['others are well'])
})

test('a cause that is not likely is named with reservation, and none is said to be none', () => {
  const judged = { verdict: verdict('abnormal', 'bad') }
  expect(run([step('a', { ...judged, hypotheses: [cause('h', 0.3)] })]).conclusion).toBe(
    'a is so; the cause is not certain, most likely h fails.',
  )
  const none = run([step('a', { ...judged, hypotheses: [cause('h', 0)] })])
  expect(none.conclusion).toBe('a is so; no cause was found.')
  expect(none.cause).toBeNull()
})

test('a quoted error that ends with a full stop gets no second one', () => {
  const quoted = verdict('inconclusive', 'Read failed: no answer from 127.0.0.1:45899.')
  const blind = run([step('b', { verdict: quoted })])
  expect(blind.conclusion).toBe('Inconclusive: read failed: no answer from 127.0.0.1:45899.')
  expect(blind.why).toBe('Read failed: no answer from 127.0.0.1:45899.')
  const found = step('a', { verdict: verdict('abnormal', 'bad') })
  expect(run([found, step('b', { verdict: quoted })]).why).toMatch(/[^.]\.$/)
})

test('a change alone makes nothing abnormal', () => {
  const report = run([
    step('a', { verdict: verdict('normal', 'fine') }),
    step('b', { hypotheses: [cause('change:C', 0.5)] }),
  ])
  expect(report.verdict.value).toBe('normal')
  expect(report.cause).toBeNull()
})

test('evidence that speaks for the cause comes first', () => {
  const evidence: StepResult['evidence'] = [{ id: 't', kind: 'text', title: 'T', text: '' }]
  const report = run([
    step('a', { verdict: verdict('normal', 'fine'), evidence }),
    step('b', { verdict: verdict('abnormal', 'bad'), evidence }),
    step('c', { hypotheses: [cause('h', 0.9)], evidence }),
    step('d', {}),
  ])
  expect(report.evidenceSteps).toEqual(['c', 'b', 'a'])
})

const finding = (entity: string, more: object = {}) => ({
  entity,
  since: '2026-03-01T09:52:00.000Z',
  headline: `${entity} is slow`,
  owner: 'team',
  ...more,
})
const placed = (entity: string, zone: string | null, causeText: string) =>
  finding(entity, {
    headline: `1 host of ${entity} is slow`,
    localised: { zone, hosts: [`${entity}-1`], version: null, healthyZone: zone === null ? null : 'B' },
    placeKind: 'host',
    cause: causeText,
    switchEntity: zone === null ? null : entity,
  })
const bad = verdict('abnormal', 'bad')

describe('about one entity', () => {
  const felt = { ...step('felt', { verdict: bad, output: finding('pay') }), type: 'judge.anomalies' }

  test('what is felt is said first, then the cause, since when, and whom to ask', () => {
    const ill = step('deps', {
      verdict: bad,
      output: finding('db', { owner: 'data' }),
      hypotheses: [cause('dependency:db', 0.8, { kind: 'dependency', cause: 'db is slow' })],
    })
    const report = run([{ ...ill, type: 'judge.dependency-health' }, felt])
    expect(report.conclusion).toBe('pay is slow because db is slow; it began at 09:52 UTC.')
    expect(report.scope).toEqual([
      { label: 'Entity', value: 'pay' },
      { label: 'Owner', value: 'team' },
    ])
    expect(report.nextAction).toMatchObject({ title: 'Ask data to relieve db', step: null, runbook: null })
  })

  test('steps that end in another order give the same report', () => {
    const others = ['b', 'a'].map((id) =>
      step(id, { verdict: bad, hypotheses: [cause(`host:${id}`, 0.7, { cause: `${id} is slow` })] }),
    )
    expect(run([...others, felt])).toEqual(run([felt, ...others.toReversed()]))
  })

  test('a part of a dependency is the cause of that dependency being ill', () => {
    const deps = step('deps', {
      hypotheses: [cause('dependency:db', 0.92, { kind: 'dependency', supports: ['db waits'] })],
    })
    const part = step('origin', {
      verdict: bad,
      output: placed('db', null, 'db is slow on 1 of 3 hosts (db-1)'),
      hypotheses: [cause('host:db-1', 0.8, { cause: 'db is slow on 1 of 3 hosts (db-1)' })],
    })
    const report = run([felt, deps, part])
    expect(report.cause).toMatchObject({ key: 'host:db-1', likelihood: 0.92, supports: ['db waits'] })
    expect(report.hypotheses[1]?.against).toEqual(['only a part of it: db is slow on 1 of 3 hosts (db-1)'])
    expect(report.scope).toContainEqual({ label: 'Fault in', value: 'db' })
  })

  test('more traffic during a load test is that load test', () => {
    const surge = step('load', {
      hypotheses: [
        cause('surge:pay', 0.55, { kind: 'source', cause: 'pay gets 60 % more', supports: ['800 a minute'] }),
      ],
    })
    const ranked = { id: 'LT-1', title: 'Load test', kind: 'load-test', score: 0.7, secondsBeforeOnset: 30, reason: '' }
    const changes = step('changes', {
      output: { entity: 'pay', since: '2026-03-01T09:52:00Z', top: ranked, ranked: [ranked] },
      hypotheses: [cause('change:LT-1', 0.35, { kind: 'change', cause: 'load test LT-1' })],
    })
    const report = run([felt, surge, changes])
    expect(report.cause).toMatchObject({ key: 'change:LT-1', supports: ['800 a minute'] })
    expect(report.nextAction?.title).toBe('End the load test LT-1')
  })

  test('where only the part was asked about, the sentence is the cause', () => {
    const text = 'pay is slow on 1 of 6 hosts (pay-1)'
    const parts = step('parts', {
      verdict: bad,
      output: placed('pay', 'A', text),
      hypotheses: [cause('host:pay-1', 0.8, { cause: text })],
    })
    expect(run([parts]).conclusion).toBe('Pay is slow on 1 of 6 hosts (pay-1); it began at 09:52 UTC.')
  })
})

describe('what to do next', () => {
  const parts = step('parts', {
    verdict: bad,
    output: placed('pay', 'A', 'pay fails'),
    hypotheses: [cause('host:pay-1', 0.8, { cause: 'pay fails' })],
  })

  test('a fault in one zone is switched away from: by a step of the run, or by a runbook with what it needs', () => {
    const title = 'Switch pay traffic from zone A to zone B'
    expect(run([parts]).nextAction).toMatchObject({ title, step: null, runbook: null, params: {} })
    expect(run([parts], { actionStep: 'approve' }).nextAction).toMatchObject({ title, step: 'approve', runbook: null })
    expect(run([parts], { actionRunbook: 'switch' }).nextAction).toMatchObject({
      title,
      runbook: 'switch',
      params: { entity: 'pay', from_zone: 'A', to_zone: 'B' },
    })
  })

  test('nothing when nothing is wrong; the data when it is missing', () => {
    expect(run([step('a', { verdict: verdict('normal', 'fine') })]).nextAction).toBeUndefined()
    const blind = step('a', { verdict: verdict('inconclusive', 'No data in the last 15 min') })
    expect(run([blind]).nextAction?.title).toMatch(/^Mend the data/)
    const few = step('a', { verdict: verdict('inconclusive', 'about 40 more events are needed to tell') })
    expect(run([few]).nextAction?.title).toBe('Run it again when more events have come')
  })
})

test('steps that were cut off make the report incomplete, and what could not be checked is listed', () => {
  const cut = step('late', {
    outcome: 'cut',
    verdict: verdict('inconclusive', 'late? had not ended in time'),
    summary: 'late? had not ended in time',
  })
  const report = run([
    step('a', { verdict: bad, output: { unchecked: ['risk has no measures in the model'] } }),
    step('b', { verdict: verdict('inconclusive', 'cannot be judged: no data') }),
    cut,
  ])
  expect(report.verdict.value).toBe('abnormal')
  expect(report.incomplete).toEqual({ reason: 'The time was up before one step had ended.', missing: ['late?'] })
  expect(report.unchecked).toEqual([
    'risk has no measures in the model',
    'b? cannot be judged: no data',
    'late? had not ended in time',
  ])
  expect(run([cut]).conclusion).toBe('Inconclusive: late? had not ended when the time was up.')
})
