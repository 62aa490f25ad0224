import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { commands } from './commands.ts'
import { commandReference } from './reference.ts'

const page = fileURLToPath(new URL('../../../docs/cli.md', import.meta.url))
const mark = '<!-- Below: written from the table of commands; `npm test -- unit -u` writes it anew. -->\n\n'

test('docs/cli.md has every command as the table says', async () => {
  const [head = '', written] = readFileSync(page, 'utf8').split(mark)
  expect(written).toBeDefined()
  expect(commands.length).toBeGreaterThan(15)
  await expect(`${head}${mark}${commandReference(commands)}\n`).toMatchFileSnapshot(page)
})
