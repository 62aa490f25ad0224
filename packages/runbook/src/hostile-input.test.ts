/** Text that is meant to do harm: each is refused with a place and a reason, and none takes the process with it. */
import { describe, expect, test, vi } from 'vitest'
import { testCatalogue } from '../test/catalogue.ts'
import { celLimits } from './cel-environment.ts'
import { compileRunbook } from './compile.ts'
import { evaluateCel } from './expression.ts'

// On a busy machine the large ones take long; how long is not what is tested here. What once hung took minutes.
vi.setConfig({ testTimeout: 60_000 })

const head = 'tenon: 1\nname: bad\ntitle: Bad\n'
const many = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('')
const loss = (id: string | number): string => `  ${id}: { type: judge.loss, with: { chain: c } }\n`
const steps = (count: number): string => `nodes:\n${many(count, (index) => loss(`n${index}`))}`
const oneInput = (value: string): string => `${head}nodes:\n  a: { type: judge.loss, with: { chain: ${value} } }\n`
const loop = (id: string, parent: string | null): string =>
  `  ${id}: { type: steer.for-each, ${parent === null ? '' : `in: ${parent}, `}with: { items: [1, 2] } }\n`

/** What it is, the text, the code of the first problem, and what its sentence says. */
const refused: [name: string, source: string, code: string, message: RegExp][] = [
  // Bombs.
  [
    'a billion laughs',
    `a: &a [x,x]\n${many(30, (index) => `b${index}: &b${index} [*a,*a]\n`)}`,
    'yaml-alias',
    /not allowed/,
  ],
  ['50,000 aliases of one text', `a: &a ${'x'.repeat(1000)}\nb: [${'*a, '.repeat(50_000)}]`, 'yaml-syntax', /\*/],
  ['a merge key', `${head}nodes: { <<: { a: { type: judge.loss } } }`, 'field-name', /<</],
  ['a tag', `${head}nodes:\n  a: !!js/function "x"\n`, 'yaml-tag', /js\/function/],
  ['an older YAML', `%YAML 1.1\n---\n${head}nodes: {}`, 'yaml-version', /1\.1/],
  ['50,000 directives', '%YAML 1.1\n'.repeat(50_000), 'document-too-large', /50001 lines/],
  ['20,000 directives', '%YAML 1.1\n'.repeat(20_000), 'yaml-syntax', /%/],
  ['too much text', 'x'.repeat(600_000), 'document-too-large', /524288/],
  // Depth.
  ['100,000 open brackets', `${head}nodes: ${'['.repeat(100_000)}`, 'yaml-too-deep', /nested/],
  ['500,000 open braces', '{'.repeat(500_000), 'yaml-too-deep', /nested/],
  ['deep JSON', `${'{"a":'.repeat(60_000)}1${'}'.repeat(60_000)}`, 'yaml-too-deep', /nested/],
  ['deep blocks', `${head}nodes:\n${many(900, (index) => `${' '.repeat(index + 1)}a:\n`)}`, 'yaml-too-deep', /64/],
  ['lists in lists', `${head}nodes:\n${'- '.repeat(200_000)}x`, 'yaml-syntax', /-/],
  ['keys in keys', '? '.repeat(200_000), 'yaml-syntax', /\?/],
  ['an input that is nested deeply', oneInput(`${'{ a: '.repeat(70)}1${' }'.repeat(70)}`), 'yaml-too-deep', /64/],
  [
    'loops in loops',
    `${head}nodes:\n${loop('l0', null)}${many(1990, (n) => loop(`l${n + 1}`, `l${n}`))}`,
    'loop-too-deep',
    /3/,
  ],
  // Size.
  ['10,000 nodes', `${head}${steps(10_000)}`, 'too-many-nodes', /6000/],
  ['2,001 nodes', `${head}${steps(2001)}`, 'too-many-nodes', /2001/],
  ['10,000 nodes without a type', `${head}nodes:\n${many(10_000, (n) => `  n${n}: {}\n`)}`, 'too-many-nodes', /10000/],
  ['30,000 bad names', `${head}nodes:\n${many(30_000, (n) => `  P${n}: 1\n`)}`, 'document-too-large', /3000\d lines/],
  ['a quote, 500,000 times', '"'.repeat(500_000), 'yaml-syntax', /"/],
  ['a colon, 200,000 times', ': '.repeat(200_000), 'yaml-syntax', /:/],
  ['one key, 2,000 times', `${head}nodes:\n${'  a: 1\n'.repeat(2000)}`, 'yaml-duplicate-key', /twice/],
  // Graphs.
  [
    'a circle of 2,000 steps',
    `${head}${steps(2000)}edges:\n${many(2000, (n) => `  - { from: n${n}, on: found, to: n${(n + 1) % 2000} }\n`)}`,
    'cycle',
    /circle/,
  ],
  ['a loop in itself', `${head}nodes:\n${loop('a', 'a')}`, 'loop-empty', /"a"/],
  ['loops in each other', `${head}nodes:\n${loop('a', 'b')}${loop('b', 'a')}`, 'loop-empty', /"a"/],
  [
    'a step in no loop',
    `${head}nodes:\n  a: { type: judge.loss, in: constructor, with: { chain: c } }`,
    'loop-unknown',
    /constructor/,
  ],
  [
    'edges between nothing',
    `${head}${steps(1)}edges:\n${many(5000, (n) => `- { from: x${n}, on: y, to: z }\n`)}`,
    'edge-end-unknown',
    /x0/,
  ],
  // Names of the language that it is written in.
  ['a node __proto__', `${head}nodes:\n${loss('__proto__')}`, 'yaml-key', /__proto__/],
  ['an input __proto__', oneInput('{ __proto__: { polluted: 1 } }'), 'yaml-key', /__proto__/],
  ['an input with constructor', oneInput('{ constructor: { prototype: { polluted: 1 } } }'), 'input-type', /object/],
  ['a type constructor', `${head}nodes:\n  a: { type: constructor }`, 'node-type-unknown', /constructor/],
  ['a type __proto__', `${head}nodes:\n  a: { type: __proto__ }`, 'node-type-unknown', /__proto__/],
  ['an unknown type', `${head}nodes:\n  a: { type: judge.toString }`, 'node-type-unknown', /toString/],
  [
    'an outcome constructor',
    `${head}${steps(2)}edges: [{ from: n0, on: constructor, to: n1 }]`,
    'edge-outcome-unknown',
    /constructor/,
  ],
  ['a parameter __proto__', oneInput('"${params.__proto__.x}"'), 'expression-unknown-field', /__proto__/],
  ['a constructor', oneInput('"${steps.constructor.constructor(1)}"'), 'expression-unknown-field', /constructor/],
  // Values.
  ['a number beyond numbers', oneInput('1e999'), 'yaml-number', /exactly/],
  ['an id that would be rounded', oneInput('99999999999999999999'), 'yaml-number', /exactly/],
  ['NUL', `${head}description: "a\\0b"\nnodes: {}`, 'yaml-character', /NUL/],
  ['half a character', `${head}description: "\\uD800"\nnodes: {}`, 'yaml-character', /half/],
  ['a time beyond time', `${head}timeout: 999999999d\n${steps(1)}`, 'duration-range', /range/],
  // Expressions.
  ['a long expression', oneInput(`"\${${'1+'.repeat(100_000)}1}"`), 'expression-too-complex', /characters/],
  ['brackets in brackets', oneInput(`"\${${'('.repeat(900)}1${')'.repeat(900)}}"`), 'expression-too-complex', /50/],
  [
    'loops in loops of an expression',
    oneInput('"${[1].map(a, [1].map(b, [1].map(c, c)))}"'),
    'expression-too-complex',
    /2 are allowed/,
  ],
  ['100,000 expressions in a text', oneInput(`"${'${1}'.repeat(100_000)}"`), 'template-syntax', /room for/],
  ['200,000 open expressions', oneInput(`"${'${'.repeat(200_000)}"`), 'yaml-too-deep', /nested/],
]

describe('a document', () => {
  test.each(refused)('%s is refused', (_name, source, code, message) => {
    const compiled = compileRunbook(source, testCatalogue)
    expect(compiled.ok).toBe(false)
    const [first] = compiled.problems
    expect(first).toMatchObject({ code, severity: 'error', message: expect.stringMatching(message) })
    expect(first?.position?.line).toBeGreaterThan(0)
    expect(first?.fix).not.toBe('')
  })

  test.each(['null', '42', '[]', '', '\u0000\u0001', 'true', '--- a\n--- b', '\t'.repeat(500_000)])(
    '%j, which is none, is refused',
    (source) => {
      const compiled = compileRunbook(source.slice(0, 500_000), testCatalogue)
      expect(compiled).toMatchObject({ ok: false, problems: [{ severity: 'error' }, ...compiled.problems.slice(1)] })
    },
  )

  test('steps may be called like members of objects; nothing outside is touched', () => {
    const names = ['constructor', 'prototype', 'hasownproperty', 'then']
    const source = `${head}nodes:\n${names.map(loss).join('')}edges: [{ from: constructor, on: found, to: then }]`
    expect(compileRunbook(source, testCatalogue)).toMatchObject({ ok: true, problems: [] })
    expect(Object.keys(Object.prototype)).toEqual([])
  })
})

describe('an expression that would run long', () => {
  const items = Array.from({ length: 5000 }, (_, index) => index)
  const bindings = {
    params: new Map<string, unknown>([
      ['list', items],
      ['text', `${'a'.repeat(20_000)}b`],
    ]),
  }

  test.each([
    'params.list.map(a, params.list.map(b, a + b))',
    'params.list.filter(a, a in params.list)',
    'params.list.map(a, params.list)',
    'params.list.all(a, params.list == params.list)',
    // Each place would build a text of 400 million characters anew.
    'params.text.replace("a", params.text)',
    'params.text.split("a").join(params.text)',
    'params.text.split("").map(a, params.text)',
    'params.list.map(a, params.text + params.text)',
    'params.list.map(a, params.text.replace("a", "bb"))',
    'params.list.map(a, params.text.lowerAscii())',
    'params.list.map(a, params.text.split(""))',
    'params.list.map(a, params.text.indexOf("b"))',
    'params.list.map(a, params.text.contains("b"))',
    'params.list.map(a, size(params.text))',
    'params.list.all(a, params.text == params.text)',
    'params.list.map(a, params.text.matches("a.*b.*c"))',
    'params.text.matches("(a?){300}a{300}")',
    'params.text.matches("((a{1000}){1000}){1000}")',
  ])('%s is stopped', (cel) => {
    expect(evaluateCel(cel, bindings)).toMatchObject({ ok: false, message: expect.stringMatching(/steps|characters/) })
  })

  test('a result has room for a million characters', () => {
    const text = 'x'.repeat(celLimits.resultCharacters / 2)
    expect(evaluateCel('[text, text]', { text }).ok).toBe(true)
    expect(evaluateCel('[text, text, text]', { text })).toMatchObject({
      ok: false,
      message: expect.stringContaining('characters'),
    })
  })

  test.each([
    ['params.text.matches("^(a+)+$")', false],
    ['params.text.size()', 20_001],
    ['"abcabc".replace("b", "xy")', 'axycaxyc'],
    ['"abcabc".replace("b", "xy", 1)', 'axycabc'],
    ['"abc".replace("", "_")', '_a_b_c'],
    ['"abc".replace("d", "e")', 'abc'],
    ['"a,b".split(",").join("-")', 'a-b'],
    ['"10.2.3.4".matches("^(\\\\d{1,3}\\\\.){3}\\\\d{1,3}$")', true],
    ['params.list.filter(a, a > 4990).size()', 9],
  ])('%s is answered', (cel, value) => expect(evaluateCel(cel, bindings)).toEqual({ ok: true, value }))
})
