import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { splitTemplate, toPlanValue } from './template.ts'

const parts = (text: string): unknown => {
  const split = splitTemplate(text)
  return split.ok ? split.parts.map((part) => (part.kind === 'text' ? part.text : { cel: part.cel })) : split.message
}

test.each<[string, unknown]>([
  ['', ['']],
  ['plain $ and {braces}', ['plain $ and {braces}']],
  ['${a}', [{ cel: 'a' }]],
  ['lost ${ a.b } of ${c}!', ['lost ', { cel: 'a.b' }, ' of ', { cel: 'c' }, '!']],
  ['${a}${b}', [{ cel: 'a' }, { cel: 'b' }]],
  ['$${a}', ['${a}']],
  ['costs $$${a}', ['costs $${a}']],
  ['${{"a": {"b": 1}}["a"]}', [{ cel: '{"a": {"b": 1}}["a"]' }]],
  ['${"}" + \'}\'}', [{ cel: '"}" + \'}\'' }]],
  ['${"\\"}"}', [{ cel: '"\\"}"' }]],
  ['${a', 'This `${` is never closed by `}`.'],
  ['${"a}', 'This `${` is never closed by `}`.'],
  ['${ }', 'There is no expression between `${` and `}`.'],
])('%s', (text, expected) => expect(parts(text)).toEqual(expected))

test('offsets point at the expression', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (before, after) => {
      const split = splitTemplate(`${before.replaceAll('$', '')}\${  a.b }${after.replaceAll('$', '')}`)
      const part = split.ok ? split.parts.find(({ kind }) => kind === 'expression') : undefined
      expect(part).toMatchObject({ cel: 'a.b', offset: before.replaceAll('$', '').length + 4 })
    }),
  )
})

describe('plan values', () => {
  test('what holds no expression is one literal', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(!JSON.stringify(value).includes('${') && !JSON.stringify(value).includes('__proto__'))
        expect(toPlanValue(value)).toEqual({ kind: 'literal', value })
      }),
    )
  })

  test('expressions are found however deep', () => {
    expect(toPlanValue({ a: [1, '${b}'], c: 'd ${e}' })).toEqual({
      kind: 'object',
      fields: {
        a: {
          kind: 'list',
          items: [
            { kind: 'literal', value: 1 },
            { kind: 'expression', cel: 'b' },
          ],
        },
        c: { kind: 'template', parts: ['d ', { cel: 'e' }] },
      },
    })
  })
})
