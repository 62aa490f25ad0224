import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod'
import * as names from './metric-names.ts'
import { DATABASE, HOSTS, ORDER_FLOW, SERVICES, SIDE_CALLS, SOURCE, ZONES } from './world.ts'

const read = async (file: string) => readFile(new URL(`../model/${file}`, import.meta.url), 'utf8')
const written = await read('shop.yaml')
const generated = await read('generated/shop-metrics.yaml')

const section = z.object({
  entities: z.array(
    z.object({ id: z.string(), kind: z.string().optional(), attributes: z.record(z.string(), z.string()).optional() }),
  ),
  tables: z.record(z.string(), z.object({ each: z.string().optional(), measures: z.record(z.string(), z.unknown()) })),
})
const model = section
  .extend({ relations: z.array(z.object({ from: z.string(), to: z.string(), kind: z.string() })) })
  .parse(parse(generated))
const own = section
  .extend({
    chains: z.array(
      z.object({ id: z.string(), steps: z.array(z.union([z.string(), z.object({ entity: z.string() })])) }),
    ),
  })
  .parse(parse(written))

const ids = (kind: string) =>
  model.entities
    .filter((each) => each.kind === kind)
    .map((each) => each.id)
    .toSorted()
const links = (kind: string) =>
  model.relations.filter((each) => each.kind === kind).map(({ from, to }) => `${from} > ${to}`)

test('what discovery found is what exists in the world, and no more', () => {
  expect(
    model.entities.filter((each) => each.kind === 'host').map(({ id, attributes }) => ({ id, attributes })),
  ).toEqual(
    HOSTS.map(({ id, service, zone }) => ({ id, attributes: { service, zone } })).toSorted((a, b) =>
      a.id < b.id ? -1 : 1,
    ),
  )
  expect(ids('service')).toEqual(SERVICES.map(({ id }) => id).toSorted())
  expect(ids('zone')).toEqual(ZONES.map((zone) => `zone-${zone}`))
  expect(ids('source')).toEqual([SOURCE])
  expect(ids('database')).toEqual([DATABASE.id])
})

test('people have to write no more than twenty lines', () => {
  const lines = written.split('\n').filter((line) => line.trim() !== '' && !line.trim().startsWith('#'))
  expect(lines.length).toBeLessThanOrEqual(20)
  const found = new Set(model.entities.map(({ id }) => id))
  expect(own.entities.map(({ id }) => id).filter((id) => !found.has(id))).toEqual(['shop'])
})

test('calls in the model are the calls that the shop makes', () => {
  const calls = [
    `${SOURCE} > gateway`,
    ...ORDER_FLOW.map((to) => `gateway > ${to}`),
    ...Object.entries(SIDE_CALLS).flatMap(([from, called]) => called.map((to) => `${from} > ${to}`)),
  ]
  expect(links('calls').toSorted()).toEqual(calls.toSorted())
  expect(links('stores-in')).toEqual([`payment > ${DATABASE.id}`])
})

test('each host runs its service in its zone', () => {
  const expected = HOSTS.flatMap(({ id, service, zone }) => [`${service} > ${id}`, `${id} > zone-${zone}`])
  expect(links('runs-on').toSorted()).toEqual(expected.toSorted())
})

test('measures select metrics that the shop has, all of them', () => {
  const known = new Set([
    names.REQUESTS_TOTAL,
    names.SOURCE_ORDERS_TOTAL,
    names.SERVICE_GRAPH_TOTAL,
    ...['_bucket', '_sum', '_count'].map((end) => names.REQUEST_SECONDS + end),
    ...names.databaseSeries().map(({ name }) => name),
  ])
  const used = [...`${generated}\n${written}`.matchAll(/"(?:select|of|per)":\s*"(\w+)/g)].map(([, name]) => name ?? '')
  expect(new Set(used)).toEqual(known)
})

test('every step of a chain but the source is a service with attempts and completed events', () => {
  expect(own.chains.map(({ id }) => id)).toContain('card-payment')
  const services = Object.values(model.tables).filter(({ each }) => each === 'service')
  for (const measure of ['attempts', 'succeeded', 'latency-p95'])
    expect(services.some(({ measures }) => Object.hasOwn(measures, measure))).toBe(true)
  for (const { steps } of own.chains) {
    const [source, ...others] = steps
    expect(source).toMatchObject({ entity: SOURCE })
    expect(others.every((step) => typeof step === 'string' && ids('service').includes(step))).toBe(true)
  }
})
