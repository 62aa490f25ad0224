import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { fixOf, guardFixes } from './guard-fix.ts'

test('each guard that a fix is written for exists', () => {
  const cwd = fileURLToPath(new URL('../../../../packages/actions/src', import.meta.url))
  const source = globSync('**/*.ts', { cwd })
    .filter((file) => !file.endsWith('.test.ts'))
    .map((file) => readFileSync(`${cwd}/${file}`, 'utf8'))
    .join('\n')
  expect(Object.keys(guardFixes).filter((name) => !source.includes(`'${name}'`))).toEqual([])
})

test('a guard that none is written for has a next step as well', () => {
  expect(fixOf('Something new')).toContain('run it again')
})
