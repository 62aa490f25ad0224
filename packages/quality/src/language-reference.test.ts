import { catalogue } from '@tenon/activities'
import { compileRunbook } from '@tenon/runbook'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { renderLanguageReference } from './language-reference.ts'

const page = fileURLToPath(new URL('../../../docs/language.md', import.meta.url))

test('docs/language.md is what the schema says', async () => {
  await expect(renderLanguageReference(catalogue)).toMatchFileSnapshot(page)
})

test('its example is a runbook', () => {
  const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(renderLanguageReference(catalogue)) ?? []
  const { ok, problems } = compileRunbook(example, catalogue)
  expect(problems).toEqual([])
  expect(ok).toBe(true)
})

test('fields have their type, default and meaning; limits and functions are those of the engine', () => {
  const markdown = renderLanguageReference(catalogue)
  expect(markdown).toContain(
    '| `timeout` | duration (`30s`, `15m`, `2h`, `1d`) | For the run as a whole. Default `"1h"`. |',
  )
  expect(markdown).toContain(
    '| `on` | string | An outcome of `from`, `error`, or `always` (any outcome, error excepted). Needed. |',
  )
  expect(markdown).toContain('`lowerAscii`')
  expect(markdown).not.toContain('undefined')
})
