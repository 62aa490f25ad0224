import { catalogue } from '@tenon/activities'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { renderNodeReference } from './node-reference.ts'

const page = fileURLToPath(new URL('../../../docs/nodes.md', import.meta.url))

test('docs/nodes.md is what the catalogue says', async () => {
  expect(catalogue.nodeTypes.length).toBeGreaterThan(0)
  await expect(renderNodeReference(catalogue)).toMatchFileSnapshot(page)
})

test('a node shows its outcomes, inputs with defaults, and escapes what would break the table', () => {
  const markdown = renderNodeReference({
    nodeTypes: [
      {
        type: 'judge.sample',
        version: 2,
        title: 'Is it so?',
        description: 'Looks.',
        group: 'judge',
        icon: 'circle',
        effect: 'read',
        idempotent: true,
        planned: false,
        late: {},
        outcomes: [{ name: 'yes', tone: 'normal', meaning: 'a | b' }],
        inputSchema: {
          type: 'object',
          properties: { window: { type: 'string', 'x-widget': 'duration', default: '15m', description: 'Looked at.' } },
        },
        outputSchema: { type: 'object', properties: { at: { anyOf: [{ type: 'string' }, { type: 'null' }] } } },
        defaults: { timeoutSeconds: 10, attempts: 1 },
      },
    ],
  })
  expect(markdown).toContain('`judge.sample@2`, reads. Looks.')
  expect(markdown).toContain('| `yes` | a \\| b |')
  expect(markdown).toContain('| `window` | duration | Looked at. Default `"15m"`. |')
  expect(markdown).toContain('| `at` | string or null |  |')
})
