import { describe, expect, test } from 'vitest'
import { makeDocument, testCatalogue } from '../test/catalogue.ts'
import { checkCel } from './cel-check.ts'
import { buildGraph } from './graph.ts'
import { documentScopes } from './scope.ts'
import { describeType } from './value-type.ts'

const loss = { type: 'judge.loss', with: { chain: 'card' } }
const params = { limit: { type: 'number' }, name: { type: 'string' }, on: { type: 'boolean' }, zone: { type: 'zone' } }
const document = makeDocument({ a: loss, constructor: loss, odd: { type: 'no.type' } }, [], { params })
const scope = documentScopes(document, testCatalogue, buildGraph(document)).of('a')
const codes = (cel: string): string[] => checkCel(cel, scope).problems.map(({ code }) => code)

describe('types', () => {
  test.each([
    ['params.limit * 100', 'a number'],
    ['params.limit > 3 && params.on', 'true or false'],
    ['params.name + "!"', 'text'],
    ['params.on ? 1 : "one"', 'a number or "one"'],
    ['steps.a.output.parts', 'a list of text'],
    ['steps.a.output.parts.map(x, size(x))', 'a list of a number'],
    ['steps.a.output.parts[0]', 'text'],
    ['steps["a"].outcome', 'one of "found", "none", "error", "skipped", "cancelled", "pending"'],
    ['steps.constructor.output.lost', 'a number'],
    ['trigger.payload.what.ever', 'anything'],
    ['timestamp(run.asOf)', 'a timestamp'],
    ['has(steps.a.output)', 'true or false'],
    ['steps.odd.output.any', 'anything'],
  ])('%s', (cel, type) => {
    const checked = checkCel(cel, scope)
    expect(checked.problems).toEqual([])
    expect(describeType(checked.type)).toBe(type)
  })
})

describe('problems', () => {
  test.each([
    ['expression-syntax', 'params.'],
    ['expression-syntax', ''],
    ['expression-too-complex', `"${'a'.repeat(3000)}"`],
    ['expression-too-complex', '[1].map(a, [1].map(b, [1].map(c, c)))'],
    ['expression-unknown-name', 'param.limit'],
    ['expression-unknown-name', '__proto__'],
    ['expression-unknown-field', 'params.constructor'],
    ['expression-unknown-field', 'steps.b.outcome'],
    ['expression-unknown-field', 'steps.a.output.lots'],
    ['expression-type', 'params.name.length'],
    ['expression-unknown-function', 'params.name.upper()'],
    ['expression-unknown-function', 'constructor(1)'],
    ['expression-type', 'params.name - 1'],
    ['expression-type', 'params.name > 3'],
    ['expression-type', '!params.limit'],
    ['expression-type', 'params.limit && params.on'],
    ['expression-type', 'params.limit ? 1 : 2'],
    ['expression-type', 'params.limit.map(x, x)'],
    ['expression-type', 'params.limit[0]'],
    ['expression-type', 'size(params.limit)'],
    ['expression-type', 'steps.a.outcome == "fond"'],
    ['expression-type', 'steps.a.outcome != "fond"'],
    ['expression-type', 'params.name == 3'],
    ['expression-type', 'params.on == "true"'],
  ])('%s: %s', (code, cel) => expect(codes(cel)).toEqual([code]))

  test.each([
    'steps.a.outcome == "found"',
    'params.limit == 3',
    'steps.a.output.parts == []',
    'steps.a.output.parts[0] in ["x"]',
    'trigger.payload == 3',
    'params.name in [] || true',
    'params.zone != ""',
  ])('no problem: %s', (cel) => expect(codes(cel)).toEqual([]))

  test('the place is the word that is wrong', () => {
    const cel = 'params.on && params.limt > 3'
    const [problem] = checkCel(cel, scope).problems
    expect(cel.slice(problem?.offset, problem?.end)).toBe('params.limt')
    expect(problem?.fix).toBe('Did you mean "limit"?')
  })
})

test('references name the step and what is read of it; has() asks safely', () => {
  const of = (cel: string): [string, string | null][] =>
    checkCel(cel, scope).references.map(({ stepId, member }) => [stepId, member])
  expect(of('steps.a.output.lost + steps["constructor"].output.lost')).toEqual([
    ['a', 'output'],
    ['constructor', 'output'],
  ])
  expect(of('has(steps.a.output) ? steps.a.output.lost : 0.0')).toEqual([
    ['a', null],
    ['a', 'output'],
  ])
  expect(of('steps.a["outcome"] == "found"')).toEqual([['a', 'outcome']])
  expect(of('params.limit')).toEqual([])
})
