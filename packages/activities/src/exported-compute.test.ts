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

const word = fc.constantFrom('payment fell', 'Gateway is slow', 'no data', 'v2 fails', 'A')
const value = fc.constantFrom<Verdict['value']>('normal', 'abnormal', 'inconclusive')
const share = fc.constantFrom(0, 0.2, 0.5, 0.9, 1)
const nullable = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(one, { nil: null })
const time = fc.constantFrom('2026-01-31T09:30:00.000Z', '2026-01-31T09:20:00.000Z')

const verdict: fc.Arbitrary<Verdict> = fc.record({
  value,
  confidence: share,
  reasons: fc.array(word, { maxLength: 2 }),
  quality: fc.record({
    completeness: share,
    freshnessSeconds: nullable(fc.nat(90)),
    notes: fc.array(word, { maxLength: 2 }),
  }),
})
const hypothesis: fc.Arbitrary<Hypothesis> = fc.record({
  kind: fc.constantFrom<Hypothesis['kind']>('change', 'zone', 'host', 'load-test'),
  key: fc.constantFrom('change:C-1', 'zone:A', 'host:h', 'load'),
  cause: word,
  likelihood: share,
  supports: fc.array(word, { maxLength: 2 }),
  against: fc.array(word, { maxLength: 2 }),
})
const loss = fc.record({
  chain: fc.constant('card'),
  chainTitle: word,
  step: nullable(word),
  entity: nullable(word),
  switchEntity: nullable(word),
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
  localised: nullable(
    fc.record({
      zone: nullable(word),
      hosts: fc.array(word, { maxLength: 2 }),
      version: nullable(word),
      healthyZone: nullable(word),
    }),
  ),
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
  id: fc.constantFrom('C-1', 'C-2'),
  title: word,
  kind: word,
  score: nullable(share),
  secondsBeforeOnset: fc.constantFrom(-5, 40, 300, 9000),
  reason: word,
})
const changes = fc.record({
  entity: word,
  since: time,
  top: nullable(change),
  ranked: fc.array(change, { maxLength: 3 }),
})
const result: fc.Arbitrary<StepResult> = fc
  .record({
    outcome: fc.constant('x'),
    output: fc.oneof(loss, dependency, changes, fc.constant(null), fc.record({ since: nullable(time) })),
    summary: word,
    verdict: fc.option(verdict, { nil: undefined }),
    hypotheses: fc.option(fc.array(hypothesis, { maxLength: 4 }), { nil: undefined }),
    shown: fc.boolean(),
  })
  .map(({ shown, ...rest }) =>
    shown ? { ...rest, evidence: [{ id: 't', kind: 'text', title: 'T', text: '' }] } : rest,
  )

test('conclude concludes the same, word for word', () => {
  fc.assert(
    fc.property(fc.array(result, { maxLength: 5 }), fc.constantFrom(undefined, 'Payments'), (results, title) => {
      const steps = results.map((one, index) => ({
        id: `s${index}`,
        type: 'test.x',
        title: `Step ${index}`,
        result: one,
      }))
      const context = { runId: 'r', stepId: 's', asOf: 0, steps }
      const exported = exportedConclude(title === undefined ? {} : { title }, context)
      expect(exported).toEqual(product(conclude, context, title === undefined ? {} : { title }))
    }),
    { numRuns: 500 },
  )
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
