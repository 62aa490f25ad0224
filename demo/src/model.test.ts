import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod'
import * as names from './metric-names.ts'
import { DATABASE, HOSTS, ORDER_FLOW, SERVICES, SIDE_CALLS, SOURCE, ZONES } from './world.ts'

const modelText = await readFile(new URL('../model/shop.yaml', import.meta.url), 'utf8')
const model = z
  .object({
    entities: z.array(
      z.object({ id: z.string(), kind: z.string(), attributes: z.record(z.string(), z.string()).optional() }),
    ),
    tables: z.record(z.string(), z.object({ entity: z.string(), measures: z.record(z.string(), z.unknown()) })),
    relations: z.array(z.object({ from: z.string(), to: z.string(), kind: z.string() })),
    chains: z.array(
      z.object({
        id: z.string(),
        steps: z.array(z.object({ entity: z.string(), measure: z.string(), attempts: z.string().optional() })),
      }),
    ),
  })
  .parse(parse(modelText))

const ids = (kind: string) => model.entities.filter((each) => each.kind === kind).map((each) => each.id)
const links = (kind: string) =>
  model.relations.filter((each) => each.kind === kind).map(({ from, to }) => `${from} > ${to}`)

test('the model names what exists in the world, and no more', () => {
  expect(model.entities.filter((each) => each.kind === 'host')).toEqual(
    HOSTS.map(({ id, service, zone }) => ({ id, kind: 'host', attributes: { service, zone } })),
  )
  expect(ids('service')).toEqual(SERVICES.map(({ id }) => id))
  expect(ids('zone')).toEqual(ZONES.map((zone) => `zone-${zone}`))
  expect(ids('source')).toEqual([SOURCE])
  expect(ids('database')).toEqual([DATABASE.id])
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

test('measures select metrics that the shop has', () => {
  const known = new Set([
    names.REQUESTS_TOTAL,
    names.SOURCE_ORDERS_TOTAL,
    ...['_bucket', '_sum', '_count'].map((end) => names.REQUEST_SECONDS + end),
    ...names.databaseSeries().map(({ name }) => name),
  ])
  const used = [...modelText.matchAll(/\b(shop_\w+)\{/g)].map(([, name]) => name ?? '')
  expect(used.length).toBeGreaterThan(40)
  expect(used.filter((name) => !known.has(name))).toEqual([])
})

test('every step of a chain but the source has attempts and completed events of its own table', () => {
  expect(model.chains.map(({ id }) => id)).toContain('card-payment')
  for (const { steps } of model.chains) {
    const [source, ...others] = steps
    expect(source?.entity).toBe(SOURCE)
    for (const step of others) {
      expect(step.measure).toBe(`${step.entity}.succeeded`)
      expect(step.attempts).toBe(`${step.entity}.attempts`)
      expect(model.tables[step.entity]?.measures).toHaveProperty('attempts')
    }
  }
})
