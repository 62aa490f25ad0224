import { expect, test } from 'vitest'
import { expressionOf, schemaFields } from './schema-fields.ts'

test('each property gets the control of its widget, else of its type, else JSON', () => {
  const fields = schemaFields({
    inputSchema: {
      type: 'object',
      required: ['chain', 'minutes'],
      properties: {
        chain: { type: 'string', 'x-widget': 'chain' },
        minutes: { type: 'integer', minimum: 1, default: 30 },
        allowRequester: { type: 'boolean' },
        severity: { type: 'string', enum: ['info', 'critical'] },
        hosts: { type: 'array', items: { type: 'string' } },
        values: { type: 'object', additionalProperties: {} },
        cases: { type: 'array', items: { type: 'object', properties: { name: {}, when: {} } } },
        parts: { type: 'array', items: { type: 'object', properties: { a: {} } } },
        toZone: { type: ['string', 'null'], 'x-widget': 'zone' },
      },
    },
  })
  expect(fields.map((field) => [field.label, field.control.kind, field.required])).toEqual([
    ['Chain', 'pick', true],
    ['Minutes', 'number', false],
    ['Allow requester', 'boolean', false],
    ['Severity', 'choice', false],
    ['Hosts', 'lines', false],
    ['Values', 'values', false],
    ['Cases', 'cases', false],
    ['Parts', 'json', false],
    ['To zone', 'pick', false],
  ])
})

test('an expression is the whole value, not a part of text', () => {
  expect(expressionOf('${ params.chain }')).toBe('params.chain')
  expect(expressionOf('lost ${params.n}')).toBeNull()
  expect(expressionOf('${a} and ${b}')).toBeNull()
  expect(expressionOf(30)).toBeNull()
})
