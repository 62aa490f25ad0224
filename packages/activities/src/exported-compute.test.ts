/** The compute steps of an export are written out by hand, without the product's schemas: they must give what the product's nodes give. */
import type { Hypothesis, StepResult, Verdict } from '@tenon/runbook'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  branch as exportedBranch,
  computeFunction,
  conclude as exportedConclude,
  setValues as exportedSetValues,
  switchCase as exportedSwitch,
} from '@tenon/runbook/export-nodes'
import { nodes } from './registry.ts'
import { conclude } from './nodes/judge/conclude.ts'
import { branch } from './nodes/steer/branch.ts'
import { setValues } from './nodes/steer/set-values.ts'
import { switchCase } from './nodes/steer/switch.ts'
import type { ComputeNode } from './compute.ts'

const word = fc.constantFrom('payment fell', 'Gateway is slow', 'no data', 'v2 fails', 'A', 'Read failed: port 9.')
const reason = fc.oneof(word, fc.constant('about 40 more events are needed'))
const entity = fc.constantFrom('pay', 'db', 'market')
const zone = fc.constantFrom('A', 'B')
const value = fc.constantFrom<Verdict['value']>('normal', 'abnormal', 'inconclusive')
const share = fc.constantFrom(0, 0.2, 0.5, 0.6, 0.9, 1)
const nullable = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(one, { nil: null })
const time = fc.constantFrom('2026-01-31T09:30:00.000Z', '2026-01-31T09:20:00.000Z')

const verdict: fc.Arbitrary<Verdict> = fc.record({
  value,
  confidence: share,
  reasons: fc.array(reason, { maxLength: 3 }),
  quality: fc.record(
    {
      completeness: share,
      freshnessSeconds: nullable(fc.nat(90)),
      resolutionSeconds: fc.constantFrom(15, 60),
      notes: fc.array(word, { maxLength: 2 }),
    },
    { requiredKeys: ['completeness', 'freshnessSeconds', 'notes'] },
  ),
})

const causes: [Hypothesis['kind'], string][] = [
  ['change', 'change:C-1'],
  ['change', 'change:LT-1'],
  ['zone', 'zone:A'],
  ['host', 'host:pay-1,pay-2'],
  ['version', 'version:pay@v2'],
  ['source', 'source:market'],
  ['source', 'surge:pay'],
  ['load-test', 'load-test:market'],
  ['dependency', 'dependency:db'],
  ['dependency', 'dependency:pay'],
  ['capacity', 'capacity:db'],
  ['step', 'step:pay'],
  ['entity', 'entity:pay'],
  ['dimension', 'dimension:region'],
  ['data', 'data:pay'],
]
const hypothesis: fc.Arbitrary<Hypothesis> = fc.constantFrom(...causes).chain(([kind, key]) =>
  fc.record({
    kind: fc.constant(kind),
    key: fc.constant(key),
    cause: word,
    likelihood: share,
    supports: fc.array(word, { maxLength: 2 }),
    against: fc.array(word, { maxLength: 2 }),
  }),
)

const localised = nullable(
  fc.record({
    zone: nullable(zone),
    hosts: fc.array(fc.constantFrom('pay-1', 'pay-2', 'pay-3', 'pay-4', 'pay-5'), { maxLength: 5 }),
    version: nullable(word),
    healthyZone: nullable(zone),
  }),
)
const placeKind = nullable(fc.constantFrom('zone', 'version', 'host'))
const loss = fc.record({
  chain: fc.constant('card'),
  chainTitle: word,
  step: nullable(word),
  entity: nullable(entity),
  switchEntity: nullable(entity),
  since: nullable(time),
  expected: nullable(fc.constantFrom(0, 120)),
  actual: nullable(fc.nat(100)),
  deviation: nullable(fc.constantFrom(-0.2, 0.1)),
  lostPerMinute: fc.constantFrom(0, 12.34),
  parts: fc.array(
    fc.record({
      id: word,
      title: word,
      entity: word,
      change: fc.constantFrom(-12, 0, 3),
      verdict: value,
      reason: word,
    }),
    { maxLength: 6 },
  ),
  localised,
  placeKind,
  cause: nullable(word),
  owner: nullable(word),
})
const judged = {
  id: word,
  title: word,
  entity: word,
  verdict: value,
  deviation: nullable(fc.constantFrom(-0.3, 0)),
  onset: nullable(time),
}
const dependency = fc.record({
  chain: fc.constant('card'),
  verdict: value,
  since: nullable(time),
  source: fc.record({ ...judged, actual: nullable(fc.nat(9)), expected: nullable(fc.nat(9)) }),
  steps: fc.array(fc.record(judged), { maxLength: 2 }),
})
const change = fc.record({
  id: fc.constantFrom('C-1', 'C-2', 'LT-1'),
  title: word,
  kind: fc.constantFrom('deploy', 'load-test'),
  score: nullable(share),
  secondsBeforeOnset: fc.constantFrom(-5, 3, 40, 300, 9000),
  reason: word,
})
const changes = fc.record({
  entity,
  since: time,
  top: nullable(change),
  ranked: fc.array(change, { maxLength: 3 }),
})
const finding = { entity: nullable(entity), since: nullable(time), headline: nullable(word), owner: nullable(word) }
const found = fc.record(
  { ...finding, unchecked: fc.array(word, { maxLength: 2 }) },
  { requiredKeys: ['entity', 'since', 'headline', 'owner'] },
)
const placed = fc.record({
  ...finding,
  localised,
  placeKind,
  cause: nullable(word),
  switchEntity: nullable(entity),
})
/** What is nearly of a known shape must be taken, or not, alike. */
const spoilt = fc
  .tuple(
    fc.oneof(loss, dependency, changes, found, placed),
    fc.nat(20),
    fc.constantFrom(undefined, null, 1, NaN, Infinity, 'x', [], {}),
  )
  .map(([output, place, other]) => {
    const names = Object.keys(output)
    return { ...output, [names[place % names.length] ?? '']: other }
  })
const output = fc.oneof(
  loss,
  dependency,
  changes,
  found,
  placed,
  spoilt,
  fc.constantFrom(null, 'text', [1]),
  fc.record({ since: nullable(time) }),
)

const types = [
  'judge.chain-loss',
  'judge.business-dependency',
  'judge.capacity',
  'judge.anomalies',
  'judge.anomaly',
  'judge.traffic',
  'judge.peers',
  'judge.dependency-health',
  'judge.other',
  'ask.measure',
]
const ended = fc
  .record({
    type: fc.constantFrom(...types),
    outcome: fc.constantFrom('x', 'x', 'x', 'cut', 'error'),
    output,
    summary: word,
    verdict: fc.option(verdict, { nil: undefined }),
    hypotheses: fc.option(fc.array(hypothesis, { maxLength: 4 }), { nil: undefined }),
    shown: fc.boolean(),
    concluded: fc.nat(9),
  })
  .map(({ type, shown, concluded, verdict: own, ...rest }) => {
    const result: StepResult = {
      ...rest,
      ...(own === undefined ? {} : { verdict: own }),
      ...(shown ? { evidence: [{ id: 't', kind: 'text', title: 'T', text: '' }] } : {}),
    }
    return { type, result: concluded === 0 ? { ...result, report: earlier } : result }
  })
const earlier = exportedConclude({}, { runId: 'r', stepId: 's', asOf: 0, steps: [] } as never).report as never
const input = fc.record(
  {
    title: fc.constantFrom('', 'Payments'),
    actionStep: fc.constantFrom('', 'approve'),
    actionRunbook: fc.constantFrom('', 'switch-zone'),
  },
  { requiredKeys: [] },
)
/** Ids in another order than that of ending. */
const run = fc.record({ input, results: fc.array(ended, { maxLength: 6 }) }).map(({ input: given, results }) => ({
  input: given,
  context: {
    runId: 'r',
    stepId: 's',
    asOf: 0,
    steps: results.map(({ type, result }, index) => ({
      id: `s${(index * 5) % 7}`,
      type,
      title: `Step ${index}`,
      result,
    })),
  },
}))

test('conclude concludes the same, word for word', () => {
  fc.assert(
    fc.property(run, ({ input: given, context }) => {
      expect(exportedConclude(given, context)).toEqual(product(conclude, context, given))
    }),
    { numRuns: 1000 },
  )
})

test('what is compared covers all that a conclusion says', () => {
  const reports = fc
    .sample(run, { numRuns: 3000, seed: 7 })
    .map(({ input: given, context }) => product(conclude, context, given).report)
  const saidOf = (text: (report: NonNullable<StepResult['report']>) => string | undefined): string =>
    reports.flatMap((report) => (report && text(report)) ?? []).join('\n')
  const actions = saidOf(({ nextAction }) => nextAction && `${nextAction.title}. ${nextAction.consequence}`)
  const orders = [
    'Switch',
    'Roll back C-1',
    'Roll back pay v2',
    'Take pay-',
    'Move traffic',
    'Find out who',
    'Run it again',
  ]
  for (const order of [
    ...orders,
    'End the load test',
    'to relieve',
    'to look into',
    'to mend',
    'Mend the data',
    'why less',
  ])
    expect(actions).toContain(order)
  expect(actions).toContain('Then roll back')
  expect(saidOf(({ nextAction }) => nextAction?.step ?? undefined)).toContain('approve')
  expect(saidOf(({ nextAction }) => nextAction?.runbook ?? undefined)).toContain('switch-zone')
  expect(saidOf(({ incomplete }) => incomplete?.reason)).toMatch(/one step[^]*2 steps/)
  expect(saidOf(({ unchecked }) => unchecked?.join())).not.toBe('')
  const scopes = saidOf(({ scope }) => scope.map(({ label }) => label).join())
  for (const label of ['Chain', 'Entity', 'Fault in', 'Hosts', 'Zone', 'Version', 'Owner', 'Lost per minute'])
    expect(scopes).toContain(label)
  const against = saidOf(({ hypotheses }) => hypotheses.flatMap((one) => one.against).join())
  expect(against).toMatch(/only a part of it/)
  expect(against).toMatch(/brings it/)
})

function product(node: unknown, context: object, input: object): StepResult {
  const { run } = node as ComputeNode
  return run(context as never, input as never)
}

test('branch, switch and set values give the same', () => {
  for (const condition of [true, false])
    expect(exportedBranch({ condition })).toEqual(product(branch, {}, { condition }))
  for (const cases of [
    [{ name: 'a', when: false }],
    [
      { name: 'a', when: false },
      { name: 'b', when: true },
    ],
  ])
    expect(exportedSwitch({ cases })).toEqual(product(switchCase, {}, { cases }))
  for (const values of [{}, { a: 1, b: [null] }])
    expect(exportedSetValues({ values })).toEqual(product(setValues, {}, { values }))
})

test('every compute node of the product is written in the export', () => {
  const compute = (nodes as readonly { type: string; version: number; effect: string }[]).filter(
    ({ effect }) => effect === 'compute',
  )
  expect(compute.length).toBeGreaterThan(3)
  expect(compute.filter(({ type, version }) => computeFunction(type, version) === null)).toEqual([])
})
