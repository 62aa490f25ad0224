import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { catalogue as catalogueSchema } from '@tenon/runbook'
import { expect, test } from 'vitest'
import { catalogue } from './catalogue.ts'
import { findComputeNode } from './compute.ts'
import { defineNode, type NodeDefinition } from './node.ts'
import { findNode, nodes } from './registry.ts'

const folder = fileURLToPath(new URL('./nodes', import.meta.url))

test('is plain JSON that its schema accepts', () => {
  expect(catalogueSchema.parse(JSON.parse(JSON.stringify(catalogue)))).toEqual({ ...catalogue, runbooks: [] })
  expect(catalogue.nodeTypes).toHaveLength(nodes.length)
})

test('every node file is registered, with a test beside it', () => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
  const tests = files.filter((name) => name.endsWith('.test.ts')).map((name) => name.replace('.test.ts', ''))
  expect(tests.sort()).toEqual(nodes.map(({ type }) => type.replace('.', '/')).sort())
})

test.each(catalogue.nodeTypes.map((node) => [node.type, node] as const))('%s says enough to be used', (type, node) => {
  expect(type).toMatch(new RegExp(`^${node.group}\\.[a-z-]+$`))
  expect(node.description.length).toBeGreaterThan(60)
  expect(node.outcomes.length).toBeGreaterThan(0)
  for (const outcome of node.outcomes) expect(outcome.meaning).toMatch(/^[A-Z].*\.$/)
  const properties = node.inputSchema['properties'] as Record<string, { title?: string }>
  expect(Object.entries(properties).filter(([, property]) => !property.title)).toEqual([])
  expect([undefined, ...Object.keys(properties)]).toContain(node.mainInput)
})

test('inputs name their form controls', () => {
  const widgets = (type: string) => {
    const schema = catalogue.nodeTypes.find((node) => node.type === type)?.inputSchema
    const properties = (schema?.['properties'] ?? {}) as Record<string, Record<string, unknown>>
    return Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, property['x-widget']]))
  }
  expect(widgets('judge.chain-loss')).toEqual({ chain: 'chain', window: 'duration' })
  expect(widgets('act.traffic-switch')).toEqual({
    entity: 'entity',
    fromZone: 'zone',
    toZone: 'zone',
    lease: 'duration',
  })
  expect(widgets('steer.branch')).toEqual({ condition: 'cel' })
  expect(widgets('judge.anomaly')['measure']).toBe('measure')
})

test('finds nodes by type and version', () => {
  expect(findNode('act.notify', 1)?.title).toBe('Notify')
  expect(findNode('act.notify', 2)).toBeUndefined()
  expect(findComputeNode('judge.conclude', 1)?.effect).toBe('compute')
  expect(findComputeNode('act.notify', 1)).toBeUndefined()
})

test('refuses a declaration whose outcomes repeat or take the name of errors', () => {
  const base = { ...findNode('steer.branch', 1) } as NodeDefinition
  const outcome = (name: string) => ({ name, tone: 'neutral' as const, meaning: name })
  expect(() => defineNode({ ...base, outcomes: [outcome('a'), outcome('a')] })).toThrow('outcome names repeat')
  expect(() => defineNode({ ...base, outcomes: [outcome('error')] })).toThrow('on every node')
})
