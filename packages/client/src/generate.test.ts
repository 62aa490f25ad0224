import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { type ApiDocument, generateClient } from './generate.ts'

const file = (name: string): string => fileURLToPath(new URL(`./generated/${name}`, import.meta.url))

test('the client is what the OpenAPI document says', async () => {
  const document: ApiDocument = JSON.parse(readFileSync(file('openapi.json'), 'utf8'))
  expect(Object.keys(document.paths).length).toBeGreaterThan(20)
  await expect(generateClient(document)).toMatchFileSnapshot(file('tenon-api.ts'))
})

test('an operation becomes a method with its arguments, answers and errors', () => {
  const text = generateClient({
    info: { version: '1' },
    components: { schemas: { Run: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] } } },
    paths: {
      '/runs/{id}': {
        post: {
          operationId: 'sample',
          summary: 'Do */ it',
          parameters: [
            { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
            { name: 'tag', in: 'query', required: false, schema: { type: 'array', items: { enum: ['a', 'b'] } } },
            { name: 'Idempotency-Key', in: 'header', required: false, schema: { type: 'string' } },
          ],
          requestBody: { required: true, content: { 'application/json': { schema: { type: ['string', 'null'] } } } },
          responses: {
            '200': { content: { 'application/json': { schema: { $ref: '#/components/schemas/Run' } } } },
            default: {},
          },
          'x-errors': { 'unknown-run': 'No.' },
        },
      },
    },
  })
  expect(text).toContain('export type Run = {\n  id: string\n}')
  expect(text).toContain('Do *\\/ it.')
  expect(text).toContain('@throws TenonError `unknown-run`.')
  expect(text).toContain('tag?: ("a" | "b")[]')
  expect(text).toContain('idempotencyKey?: string')
  expect(text).toContain('body: string | null')
  expect(text).toContain('options?: CallOptions): Promise<Run>')
  expect(text).toContain('headers: { idempotencyKey: "Idempotency-Key" }')
})
