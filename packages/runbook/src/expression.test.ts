import { describe, expect, test } from 'vitest'
import { celLimits } from './cel-environment.ts'
import { evaluateCel } from './expression.ts'

const bindings = {
  params: { limit: 4, share: 0.5, name: 'pay', on: true, none: null, list: [3, 1, 2], tags: ['a', 'b'], 'odd key': 1 },
  run: { asOf: '2026-01-02T03:04:05.000Z' },
}
const many = { items: Array.from({ length: 1000 }, (_, index) => index) }

describe('values', () => {
  test.each<[string, unknown]>([
    ['params.limit * 2', 8],
    ['params.limit * 2.5 + 1', 11],
    ['100 * params.share', 50],
    ['params.limit == 4 && params.limit > 3 && 4.0 == params.limit', true],
    ['10 % params.limit', 2],
    ['params.list[params.limit - 3]', 1],
    ['size(params.list) + size(params.name)', 6],
    ['params.list.map(x, x * 2)', [6, 2, 4]],
    ['params.list.filter(x, x > 1).size()', 2],
    ['"a" in params.tags && !("c" in params.tags)', true],
    ['params["odd key"]', 1],
    ['params.none == null', true],
    ['has(params.nothing) ? params.nothing : "?"', '?'],
    ['{"a": [1, {"b": null}]}', { a: [1, { b: null }] }],
    ['params.name.upperAscii() + "-" + string(params.limit)', 'PAY-4'],
    ['params.name.matches("^p.y$")', true],
    ['timestamp(run.asOf) + duration("1h")', '2026-01-02T04:04:05Z'],
    ['duration("90s")', '90s'],
    ['params.tags + ["c"]', ['a', 'b', 'c']],
    ['5u', 5],
  ])('%s', (cel, value) => expect(evaluateCel(cel, bindings)).toEqual({ ok: true, value }))
})

describe('what has no value says so and never throws', () => {
  test.each([
    ['params.nothing', /nothing/],
    ['nowhere.at', /nowhere/],
    ['1 / 0', /zero/],
    ['1.0 / 0.0', /finite/],
    ['params.list[7]', /7/],
    ['params.name * 2', /./],
    ['params.limit +', /cannot be read/],
    ['9007199254740993', /2\^53/],
    ['int', /JSON form/],
    ['{"__proto__": 1}', /__proto__/],
    ['params.name.matches("(")', /./],
    ['"a".matches("(a)\\\\1")', /./],
    ['@tick(true, 1)', /./],
    ['', /./],
  ])('%s', (cel, message) => {
    const evaluated = evaluateCel(cel, bindings)
    expect(evaluated).toEqual({ ok: false, message: expect.stringMatching(message) })
  })

  test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty', 'length'])(
    '%s is found only when it is own',
    (name) => {
      const all = { params: { list: [1], text: 'a' } }
      for (const holder of ['params', 'params.list', 'params.text'])
        expect(evaluateCel(`${holder}.${name}`, all).ok).toBe(false)
      expect(evaluateCel(`params["${name}"]`, all).ok).toBe(false)
      expect(evaluateCel(`has(params.${name}) || "${name}" in params`, all)).toEqual({ ok: true, value: false })
      expect(evaluateCel(name, all).ok).toBe(false)
    },
  )
})

describe('limits', () => {
  test.each([
    ['characters', `"${'a'.repeat(celLimits.characters)}"`],
    ['Brackets', `${'('.repeat(celLimits.depth + 1)}1${')'.repeat(celLimits.depth + 1)}`],
    ['parts', Array.from({ length: celLimits.nodes }, () => '1').join('+')],
    ['nested deeper', `items${'.a'.repeat(celLimits.depth * 2)}`],
    ['Loops', 'items.map(a, items.map(b, items.map(c, c)))'],
  ])('%s', (what, cel) =>
    expect(evaluateCel(cel, many)).toMatchObject({ ok: false, message: expect.stringContaining(what) }),
  )

  test('work: two nested loops over 1,000 items are stopped, one is not', () => {
    expect(evaluateCel('items.all(a, items.all(b, a + b >= 0))', many)).toMatchObject({
      ok: false,
      message: expect.stringContaining('steps'),
    })
    expect(evaluateCel('items.filter(a, a > 990).size()', many)).toEqual({ ok: true, value: 9 })
  })

  test('work: a search in a list costs its length', () => {
    expect(evaluateCel('items.all(a, a in items)', many).ok).toBe(false)
    expect(evaluateCel('items.all(a, items == items)', many).ok).toBe(false)
  })

  test('a budget is spent by one evaluation only', () => {
    for (let round = 0; round < 5; round += 1)
      expect(evaluateCel('items.map(a, a * 2).size()', many)).toEqual({ ok: true, value: 1000 })
  })

  test('the items of a result', () => {
    const wide = { items: Array.from({ length: celLimits.resultItems }, () => 1) }
    expect(evaluateCel('items', wide)).toMatchObject({ ok: false, message: expect.stringContaining('items') })
  })

  test('a pattern that makes backtracking matchers hang is answered', () => {
    const text = `${'a'.repeat(50_000)}b`
    expect(evaluateCel('text.matches("^(a+)+$")', { text })).toEqual({ ok: true, value: false })
    expect(evaluateCel('text.matches("^(a|a)*$")', { text })).toEqual({ ok: true, value: false })
  })
})
