/** What is acted upon is named: neither nothing nor everything passes when a runbook is published, nor when a step runs. */
import { compileDocument, runbookDocument } from '@tenon/runbook'
import { describe, expect, it } from 'vitest'
import { catalogue } from './catalogue.ts'
import { writeContext } from '../test/write-context.ts'
import { findNode } from './registry.ts'

const given: Record<string, Record<string, unknown>> = {
  'act.traffic-switch': { entity: 'payment', fromZone: 'A', toZone: 'B' },
  'act.rate-limit': { entity: 'payment', requestsPerSecond: 10 },
  'act.feature': { connection: 'edge', feature: 'recommendations', value: 'off' },
  'act.scale': { entity: 'payment', replicas: 3 },
  'act.restart': { entity: 'payment', at: '2026-11-30T00:00:00Z' },
  'act.roll-back': { entity: 'payment' },
  'act.drain-node': { connection: 'kube', node: 'node-1' },
  'act.incident': { connection: 'edge', key: 'pay-1', title: 'Payment fell' },
}
const fields: [type: string, field: string][] = [
  ['act.traffic-switch', 'entity'],
  ['act.rate-limit', 'entity'],
  ['act.feature', 'connection'],
  ['act.feature', 'feature'],
  ['act.scale', 'entity'],
  ['act.restart', 'entity'],
  ['act.roll-back', 'entity'],
  ['act.drain-node', 'connection'],
  ['act.drain-node', 'node'],
  ['act.incident', 'connection'],
  ['act.incident', 'key'],
]

describe('what an action is for', () => {
  it.each(fields)('%s refuses nothing and everything in %s, published or run', (type, field) => {
    expect(published(type, {})).toEqual([])
    for (const value of ['', ' ', '*', 'pay-*', '?', '%', null]) {
      const [problem] = published(type, { [field]: value })
      expect(problem, JSON.stringify(value)).toMatchObject({ severity: 'error', path: ['nodes', 'act', 'with', field] })
      expect(problem?.fix).not.toBe('')
      expect(runs(type, { [field]: value }), JSON.stringify(value)).toBe(false)
    }
  })

  it('says which field, and what to do', () => {
    expect(published('act.scale', { entity: '*' })).toMatchObject([
      { message: '"*" does not have the needed form (entity).', fix: expect.stringContaining('Name one exactly') },
    ])
  })

  it('leaves expressions to the run', () => {
    const scale = { ...given['act.scale'], entity: '${params.entity}' }
    expect(problemsOf('act.scale', scale)).toEqual([])
    expect(runs('act.scale', { entity: '*' })).toBe(false)
  })

  it('wants zones or hosts for a switch', () => {
    const entity = { entity: 'payment' }
    for (const one of [{}, { fromZone: '', toZone: '' }, { fromZone: 'A' }])
      expect(problemsOf('act.traffic-switch', { ...entity, ...one })).toMatchObject([
        { code: 'input-missing', fix: 'Fill in fromZone and toZone, or hosts.' },
      ])
    for (const hosts of [[], ['*'], [''], null])
      expect(problemsOf('act.traffic-switch', { ...entity, hosts }).length).toBeGreaterThan(0)
    expect(published('act.traffic-switch', { fromZone: '*' })).toMatchObject([{ code: 'input-value' }])
    expect(problemsOf('act.traffic-switch', { ...entity, hosts: ['pay-a-2'] })).toEqual([])
  })

  it('takes no pattern for a route or a caller', () => {
    expect(published('act.rate-limit', { route: '/refund*' })).toMatchObject([{ code: 'input-value' }])
    expect(published('act.rate-limit', { caller: '*' })).toMatchObject([{ code: 'input-value' }])
    expect(published('act.rate-limit', { route: '/refund' })).toEqual([])
  })
})

const published = (type: string, more: Record<string, unknown>) => problemsOf(type, { ...given[type], ...more })

function problemsOf(type: string, input: Record<string, unknown>) {
  const document = runbookDocument.parse({
    tenon: 1,
    name: 'act',
    title: 'Act',
    params: { entity: { type: 'entity' } },
    nodes: { act: { type, with: input } },
  })
  return compileDocument(document, catalogue).problems.filter(({ severity }) => severity === 'error')
}

function runs(type: string, more: Record<string, unknown>): boolean {
  const node = findNode(type, 1)
  if (!node) throw new Error(`no ${type}`)
  return node.input.safeParse({ ...given[type], ...more }).success
}

it('passes the alert of a step on, and refuses an empty one', async () => {
  for (const type of Object.keys(given).filter((one) => one !== 'act.incident')) {
    const node = findNode(type, 1)
    if (node?.effect !== 'write') throw new Error(`${type} is no write`)
    const { ctx, asked } = writeContext()
    await node.plan?.(ctx, node.input.parse({ ...given[type], whileAlert: 'alert-7' }))
    await node.plan?.(ctx, node.input.parse(given[type]))
    expect(asked.planned[0], type).toMatchObject({ whileAlert: 'alert-7' })
    expect(asked.planned[1], type).not.toHaveProperty('whileAlert')
    expect(runs(type, { whileAlert: '' }), type).toBe(false)
  }
})
