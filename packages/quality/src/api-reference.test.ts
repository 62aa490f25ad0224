import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { apiDocument, renderApiReference } from './api-reference.ts'

const file = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url))

test('docs/api-reference.md is what the OpenAPI document says', async () => {
  const document = apiDocument.parse(
    JSON.parse(readFileSync(file('packages/client/src/generated/openapi.json'), 'utf8')),
  )
  expect(Object.keys(document.paths).length).toBeGreaterThan(20)
  await expect(renderApiReference(document)).toMatchFileSnapshot(file('docs/api-reference.md'))
})

test('an operation shows its address, role, parameters, body, answers and errors', () => {
  const markdown = renderApiReference({
    tags: [{ name: 'Runs' }],
    components: { schemas: { Run: {}, Body: { properties: { a: { type: 'string', description: 'x | y' } } } } },
    'x-errors': { 'bad-input': 'Wrong.' },
    paths: {
      '/runs/{id}': {
        post: {
          operationId: 'sample',
          tags: ['Runs'],
          summary: 'Do it',
          description: 'Well.',
          parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
          requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Body' } } } },
          responses: {
            '200': {
              description: 'Done.',
              content: {
                'application/json': { schema: { type: 'array', items: { $ref: '#/components/schemas/Run' } } },
              },
            },
            default: { description: 'A problem.' },
          },
          'x-role': 'operator',
          'x-errors': { 'unknown-run': 'No.' },
        },
      },
    },
  })
  expect(markdown).toContain('### Do it\n\n`POST /runs/{id}` (`sample`). Role: operator. Well.')
  expect(markdown).toContain('| `id` | string; path |  |')
  expect(markdown).toContain('| `a` | string, optional | x \\| y |')
  expect(markdown).toContain('| 200 | Done. | list of Run |')
  expect(markdown).toContain('| `unknown-run` | No. |')
  expect(markdown).not.toContain('A problem.')
})
