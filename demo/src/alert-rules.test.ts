/** The demo's alert rules speak of series, entities and measures that exist. That they fire is tested with the real servers, in packages/stack. */
import { readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod'
import * as names from './metric-names.ts'
import { HOSTS } from './world.ts'

const folder = new URL('../alerts/', import.meta.url)
const read = async (place: URL): Promise<unknown> => parse(await readFile(place, 'utf8'))
const file = z.object({
  groups: z.array(
    z.object({
      name: z.string(),
      interval: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^[A-Z][A-Za-z]+$/),
          expr: z.string(),
          for: z.string().optional(),
          labels: z.strictObject({
            severity: z.enum(['critical', 'warning', 'info']),
            team: z.string(),
            symptom: z.string(),
          }),
          annotations: z.strictObject({
            summary: z.string(),
            description: z.string(),
            tenon_measure: z.string().optional(),
            tenon_entity: z.string(),
            runbook_url: z.string().startsWith('TENON_URL/diagnose?entity='),
          }),
        }),
      ),
    }),
  ),
})

const files = (await readdir(folder)).filter((name) => name.endsWith('.yaml'))
const rules = (await Promise.all(files.map((name) => read(new URL(name, folder)))))
  .flatMap((content) => file.parse(content).groups)
  .flatMap((group) => group.rules)

test('no two rules have one name', () => {
  const named = rules.map(({ alert }) => alert)
  expect(named.toSorted()).toEqual([...new Set(named)].toSorted())
})

test.each(rules)('$alert asks for series of the shop', ({ expr }) => {
  const known = [
    names.REQUESTS_TOTAL,
    names.SOURCE_ORDERS_TOTAL,
    `${names.REQUEST_SECONDS}_bucket`,
    ...names.databaseSeries().map(({ name }) => name),
  ]
  const asked = expr.match(/\bshop_[a-z_]+/g) ?? []
  expect(known).toEqual(expect.arrayContaining(asked))
  expect(asked.length > 0 || expr.startsWith('up{job="shop"}')).toBe(true)
})

test.each(rules)('$alert names an entity and a measure of the model', async ({ annotations, labels: own }) => {
  const model = z
    .object({
      entities: z.array(z.object({ id: z.string(), kind: z.string() })),
      tables: z.record(z.string(), z.object({ each: z.string(), measures: z.record(z.string(), z.unknown()) })),
    })
    .parse(await read(new URL('../model/generated/shop-metrics.yaml', import.meta.url)))
  const host = HOSTS[0]!
  const labels: Record<string, string> = {
    service: host.service,
    host: host.id,
    instance: host.id,
    zone: host.zone,
    db: 'payment-db',
  }
  const filled = (text: string): string =>
    text.replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_, name: string) => labels[name] ?? `no label ${name}`)
  const entity = model.entities.find(({ id }) => id === filled(annotations.tenon_entity))
  expect(entity).toBeDefined()
  expect(filled(annotations.runbook_url)).toBe(`TENON_URL/diagnose?entity=${entity?.id}&symptom=${own.symptom}`)
  if (annotations.tenon_measure === undefined) return
  const [owner, measure = ''] = filled(annotations.tenon_measure).split('.')
  const kind = model.entities.find(({ id }) => id === owner)?.kind
  const tables = Object.entries(model.tables).filter(([id, { each }]) => id === owner || each === kind)
  expect(tables.some(([, { measures }]) => Object.hasOwn(measures, measure))).toBe(true)
})
