/** The runbooks that come with the demo must compile without a problem, and lie on the canvas without overlaps. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { compileRunbook } from '@tenon/runbook'
import { runTests } from '@tenon/runbook/testing'
import { expect, test } from 'vitest'
import { catalogue } from './catalogue.ts'
import { findComputeNode } from './compute.ts'

const folder = fileURLToPath(new URL('../../../demo/runbooks', import.meta.url))
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'))

test('there are runbooks to look at', () => {
  expect(files).toContain('payment-drop.yaml')
  expect(files.length).toBeGreaterThanOrEqual(2)
})

test.each(files)('%s compiles without problems', (file) => {
  const compiled = compileRunbook(readFileSync(`${folder}/${file}`, 'utf8'), catalogue)
  expect(compiled.problems).toEqual([])
  expect(compiled.ok).toBe(true)
})

test.each(files)('%s has every card at a place of its own', (file) => {
  const compiled = compileRunbook(readFileSync(`${folder}/${file}`, 'utf8'), catalogue)
  if (!compiled.ok) throw new Error('does not compile')
  const { nodes, layout } = compiled.document
  expect(Object.keys(layout).sort()).toEqual(Object.keys(nodes).sort())
  const places = Object.values(layout)
  const overlaps = places.filter((a, index) =>
    places.slice(index + 1).some((b) => Math.abs(a.x - b.x) < 260 && Math.abs(a.y - b.y) < 160),
  )
  expect(overlaps).toEqual([])
})

test('payment-drop guards the traffic switch with the approval', () => {
  const compiled = compileRunbook(readFileSync(`${folder}/payment-drop.yaml`, 'utf8'), catalogue)
  if (!compiled.ok) throw new Error('does not compile')
  expect(compiled.plan.steps.find(({ id }) => id === 'approve')?.guards).toEqual(['switch_traffic'])
})

test.each(files)('%s passes its tests', (file) => {
  const compiled = compileRunbook(readFileSync(`${folder}/${file}`, 'utf8'), catalogue)
  if (!compiled.ok) throw new Error('does not compile')
  const results = runTests(compiled.plan, compiled.document.tests, { compute: findComputeNode })
  expect(results.length).toBeGreaterThan(2)
  expect(results.flatMap(({ name, failures }) => failures.map(({ message }) => `${name}: ${message}`))).toEqual([])
})
