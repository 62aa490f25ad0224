/** Runbooks that the documents show are runbooks. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { compileRunbook } from '@tenon/runbook'
import { expect, test } from 'vitest'
import { catalogue } from './catalogue.ts'

const document = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../docs/${name}`, import.meta.url)), 'utf8')

test('the steps of data-services.md compile', () => {
  const found = [...document('data-services.md').matchAll(/```yaml\n(nodes:[^]*?)```/g)]
  expect(found).toHaveLength(1)
  for (const [, steps] of found) {
    const compiled = compileRunbook(`tenon: 1\nname: example\ntitle: Example\n${steps}`, catalogue)
    expect(compiled.ok ? [] : compiled.problems.map(({ message }) => message)).toEqual([])
  }
})
