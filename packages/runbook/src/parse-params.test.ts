import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Parameter } from './document.ts'
import { paramsJsonSchema, parseParams } from './parse-params.ts'

const declared: Record<string, Parameter> = {
  chain: { type: 'chain' },
  window: { type: 'duration', default: '15m' },
  limit: { type: 'number', default: 0 },
  dry: { type: 'boolean', default: false },
  note: { type: 'string', default: '' },
}
const codes = (given: unknown): string[] => {
  const parsed = parseParams(declared, given)
  return parsed.ok ? [] : parsed.problems.map(({ code, path }) => `${code} ${path.join('.')}`)
}

test('defaults fill what is not given, false, 0 and empty text too', () => {
  expect(parseParams(declared, { chain: 'card', limit: 3 })).toEqual({
    ok: true,
    params: { chain: 'card', window: '15m', limit: 3, dry: false, note: '' },
  })
  expect(parseParams({}, undefined)).toEqual({ ok: true, params: {} })
})

test.each<[string[], unknown]>([
  [['params-type params'], []],
  [['params-type params'], 'chain'],
  [['param-missing params.chain'], {}],
  [['param-missing params.chain'], null],
  [['param-unknown params.chian', 'param-missing params.chain'], { chian: 'card' }],
  [['param-unknown params.__proto__'], JSON.parse('{"chain":"card","__proto__":{"dry":true}}')],
  [['param-unknown params.constructor'], { chain: 'card', constructor: 1 }],
  [['param-type params.chain'], { chain: '' }],
  [['param-type params.chain'], { chain: 3 }],
  [['param-type params.chain'], { chain: 'a\0' }],
  [['param-type params.note'], { chain: 'card', note: 'x'.repeat(2001) }],
  [['param-type params.window'], { chain: 'card', window: '15 minutes' }],
  [['param-type params.window'], { chain: 'card', window: 15 }],
  [['param-type params.limit'], { chain: 'card', limit: '3' }],
  [['param-type params.limit'], { chain: 'card', limit: Infinity }],
  [['param-type params.dry'], { chain: 'card', dry: 'true' }],
  [['param-type params.note'], { chain: 'card', note: null }],
])('%j', (expected, given) => expect(codes(given)).toEqual(expected))

test('a misspelt name is told the nearest', () => {
  const parsed = parseParams(declared, { chain: 'card', widow: '1h' })
  expect(parsed.ok || parsed.problems[0]?.fix).toBe('Did you mean "window"?')
})

describe('JSON Schema', () => {
  test('says what is required and what is the default', () => {
    expect(paramsJsonSchema(declared)).toMatchObject({
      type: 'object',
      required: ['chain'],
      additionalProperties: false,
      properties: {
        chain: { type: 'string', 'x-widget': 'chain' },
        limit: { type: 'number', default: 0 },
        dry: { type: 'boolean' },
      },
    })
  })

  test('its duration pattern takes what parseParams takes', () => {
    const { properties } = paramsJsonSchema(declared) as { properties: { window: { pattern: string } } }
    const pattern = new RegExp(properties.window.pattern)
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\d{1,11}[smhdw]$/)), (window) => {
        expect(pattern.test(window)).toBe(parseParams(declared, { chain: 'card', window }).ok)
      }),
    )
  })
})
