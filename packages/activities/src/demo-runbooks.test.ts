/** The runbooks that come with the demo, and the templates of packs/, must compile without a problem, and lie on the canvas without overlaps. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { compileRunbook } from '@tenon/runbook'
import { runTests } from '@tenon/runbook/testing'
import { expect, test } from 'vitest'
import { shopModel } from '../test/shop-history.ts'
import { catalogue } from './catalogue.ts'
import { findComputeNode } from './compute.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const filesOf = (folder: string): string[] =>
  readdirSync(`${root}/${folder}`)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => `${folder}/${name}`)
const demo = filesOf('demo/runbooks')
const templates = filesOf('packages/activities/packs/incident')
const files = [...demo, ...templates]
const textOf = (file: string): string => readFileSync(`${root}/${file}`, 'utf8')

function documentOf(file: string) {
  const compiled = compileRunbook(textOf(file), catalogue)
  if (!compiled.ok) throw new Error(`${file} does not compile`)
  return compiled
}

test('there are runbooks to look at', () => {
  expect(demo).toContain('demo/runbooks/payment-drop.yaml')
  const names = templates.map((file) => file.slice('packages/activities/packs/incident/'.length, -'.yaml'.length))
  expect(names.toSorted()).toEqual([
    'entity-check',
    'error-burst',
    'host-outlier',
    'latency-rise',
    'low-traffic-alert',
    'payment-drop',
    'saturation',
    'switch-traffic',
    'us-or-source',
    'zone-outlier',
  ])
})

test.each(files)('%s compiles without problems', (file) => {
  const compiled = compileRunbook(textOf(file), catalogue)
  expect(compiled.problems).toEqual([])
  expect(compiled.ok).toBe(true)
})

test.each(files)('%s has every card at a place of its own', (file) => {
  const { nodes, layout } = documentOf(file).document
  expect(Object.keys(layout).sort()).toEqual(Object.keys(nodes).sort())
  const places = Object.values(layout)
  const overlaps = places.filter((a, index) =>
    places.slice(index + 1).some((b) => Math.abs(a.x - b.x) < 260 && Math.abs(a.y - b.y) < 160),
  )
  expect(overlaps).toEqual([])
})

test('payment-drop guards the traffic switch with the approval', () => {
  const { plan } = documentOf('demo/runbooks/payment-drop.yaml')
  expect(plan.steps.find(({ id }) => id === 'approve')?.guards).toEqual(['switch_traffic'])
})

test.each(files)('%s passes its tests', (file) => {
  const { plan, document } = documentOf(file)
  const results = runTests(plan, document.tests, { compute: findComputeNode })
  expect(results.length).toBeGreaterThan(2)
  expect(results.flatMap(({ name, failures }) => failures.map(({ message }) => `${name}: ${message}`))).toEqual([])
})

test.each(files)('%s concludes in time when it diagnoses, whatever hangs', (file) => {
  const { plan, document } = documentOf(file)
  const late = plan.steps.filter(
    ({ type, startBySeconds = Infinity }) => type === 'judge.conclude' && startBySeconds > 50,
  )
  expect(document.diagnoses ? late : []).toEqual([])
})

test.each(templates)('%s is for any system: it names nothing of the demo', async (file) => {
  const model = await shopModel()
  // Words of everyday that the demo uses as ids as well.
  const everyday = ['shop', 'stock', 'payment', 'risk', 'gateway']
  const ids = [...model.entities, ...model.chains].map(({ id }) => id).filter((id) => !everyday.includes(id))
  const { name: _, title: __, description: ___, ...document } = documentOf(file).document
  const text = JSON.stringify(document)
  expect(ids.filter((id) => text.includes(`"${id}"`) || text.includes(`${id}.`))).toEqual([])
})

test.each(templates.filter((file) => !file.endsWith('switch-traffic.yaml')))(
  '%s says what it is the answer to, and concludes in time',
  (file) => {
    const { diagnoses, nodes } = documentOf(file).document
    expect(diagnoses?.symptoms.length).toBeGreaterThan(0)
    expect(nodes['conclude']?.startBy).toBe('50s')
  },
)
