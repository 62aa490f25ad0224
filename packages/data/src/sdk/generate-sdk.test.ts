import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { askedServer, hasPython, sdkProject, type AskedServer } from '../../test/sdk-project.ts'
import { modelFile, type Model } from '../model/model.ts'
import { generateSdk, sdkLanguages } from './generate-sdk.ts'

const counter = (title: string, more: object = {}) => ({
  title,
  kind: 'counter',
  unit: 'requests/min',
  bad: 'down',
  select: 'x',
  ...more,
})

/** Tables of each, of one, and of none; names that are words of the languages; texts that would end comments and strings. */
const model: Model = modelFile.parse({
  tenonModel: 1,
  entities: [
    { id: 'payment', kind: 'service' },
    { id: 'constructor', kind: 'service' },
    { id: 'zone-A', kind: 'zone', attributes: { zone: 'A' } },
    { id: 'import', kind: 'class', attributes: { 'trace-id': '"; import os #' } },
  ],
  tables: {
    requests: {
      each: 'service',
      source: 'metrics',
      dimensions: {
        service: 'service',
        zone: 'zone',
        '*/ process.exit(1) /*': 'x',
        'trace-id': 'y',
        __proto__: 'z',
        'a\nb': 'w',
      },
      measures: {
        'success-rate': { title: 'Success rate', kind: 'ratio', unit: 'ratio', bad: 'down', of: 'a', per: 'b' },
        // oxlint-disable-next-line unicorn/no-thenable -- that such a name does no harm is what is tested
        then: counter('*/ import { exit } from "node:process"; exit(1) /*'),
        constructor: counter('"""\nraise SystemExit(1)\n"""'),
        'p-95': counter('`${process.exit(1)}`', { description: '\\\'\\"\u2028 \ud800' }),
        p95: counter('Other'),
        class: counter('Class', { unit: '"; } }' }),
        await: counter('Await'),
      },
    },
    'payment-extra': {
      entity: 'payment',
      source: 'metrics',
      dimensions: { zone: 'zone' },
      measures: { p95: counter('Own p95'), depth: counter('Depth') },
    },
    'import-table': { entity: 'import', source: 'metrics', measures: { def: counter('Def') } },
    'node-memory': { source: 'metrics', dimensions: { host: 'instance' }, measures: { free: counter('Free') } },
    'node-disk': { source: 'metrics', measures: { n123: counter('Numbers') } },
    Measure: { source: 'metrics', measures: { Tenon: counter('Tenon') } },
    measure: { source: 'metrics', measures: { tenon: counter('tenon') } },
    index: { source: 'metrics', measures: { index: counter('Index') } },
  },
})

const project = sdkProject()
let server: AskedServer
beforeAll(async () => {
  server = await askedServer()
  for (const language of sdkLanguages) project.write((await generateSdk(model, { language })).files)
})
afterAll(async () => {
  await server.close()
  project.remove()
})

const connection = () => ({ TENON_URL: server.url, TENON_TOKEN: 'secret' })
const bodies = () => server.asked.splice(0).map(({ body }) => body)

describe('TypeScript', () => {
  test('every module type-checks by itself, whatever the model says', { timeout: 120_000 }, async () => {
    const { files } = await generateSdk(model, { language: 'typescript' })
    expect(await project.typeCheck(...files.flatMap(({ path }) => (path.endsWith('.d.ts') ? path : [])))).toBe('')
  })

  test('what is asked is sent, typed as the model says', { timeout: 120_000 }, async () => {
    const text = `
import { connect, latest, TenonError } from './index.js'
import { service, table } from './service.js'
import { table as nodes } from './node.js'
import { class_2 } from './class.js'

const tenon = connect({ url: process.env['TENON_URL'] ?? '', token: process.env['TENON_TOKEN'] ?? '' })
const rate = await service(tenon, 'payment').successRate({ where: { zone: 'A' }, from: '-1h', to: 'now', step: '1m' })
const unit: 'ratio' = rate.unit
const by = await table(tenon, 'requests').p95_2({ groupBy: ['service'], where: { zone: ['A', 'B'] }, asOf: new Date(0) })
const name: string | undefined = by.series[0]?.dimensions.service
await service(tenon, 'payment').p95()
await service(tenon, 'payment').depth({ from: 0, to: '2026-01-01T00:00:00Z' })
await service(tenon, 'constructor').then_2()
await nodes(tenon, 'node-memory').free({ step: 30 })
await class_2(tenon, 'import').def()
console.log(unit, latest(rate.series[0]), name)
console.log((await tenon.entities({ kind: 'service' })).map(({ id }) => id).join())
console.log((await tenon.relations('payment', { direction: 'upstream', depth: 2 })).links[0]?.kind)
await tenon.query('refused.measure').catch((error) => {
  if (error instanceof TenonError) console.log(error.status, error.code, error.message, error.fix)
})

// @ts-expect-error no such entity
service(tenon, 'paymnet')
// @ts-expect-error no such measure
void service(tenon, 'payment').sucessRate
// @ts-expect-error no such dimension
void (() => service(tenon, 'payment').depth({ where: { host: 'x' } }))
// @ts-expect-error what the reference filters by already is no dimension of it
void (() => service(tenon, 'constructor').await({ where: { service: 'x' } }))
// @ts-expect-error no time
void (() => service(tenon, 'payment').depth({ from: 'yesterday' }))
// @ts-expect-error no duration
void (() => service(tenon, 'payment').depth({ step: '1 minute' }))
// @ts-expect-error only what is grouped by is told apart
void (() => void by.series[0]?.dimensions.zone)
`
    project.write([{ path: 'main.ts', text }])
    expect(await project.typeCheck('main.ts')).toBe('')
    expect(await project.node('main.ts', connection())).toBe(
      'ratio 0.5 undefined\nfirst,second\ncalls\n404 unknown-measure None such. Search.\n',
    )
    expect(server.asked.every(({ token }) => token === 'Bearer secret')).toBe(true)
    expect(bodies()).toEqual([
      { measure: 'payment.success-rate', where: { zone: 'A' }, from: '-1h', to: 'now', step: '1m' },
      { measure: 'requests.p95', groupBy: ['service'], where: { zone: ['A', 'B'] }, asOf: '1970-01-01T00:00:00.000Z' },
      { measure: 'payment-extra.p95' },
      { measure: 'payment-extra.depth', from: 0, to: '2026-01-01T00:00:00Z' },
      { measure: 'constructor.then' },
      { measure: 'node-memory.free', step: 30 },
      { measure: 'import-table.def' },
      { kind: 'service', limit: 200 },
      { kind: 'service', limit: 200, cursor: 'second' },
      { entity: 'payment', direction: 'upstream', depth: 2 },
      { measure: 'refused.measure' },
    ])
  })

  test('a program loads the domain that it imports and no other', { timeout: 120_000 }, async () => {
    const listed = await project.typeCheck('main.ts', '--listFilesOnly')
    expect(listed).toContain('service.d.ts')
    expect(listed).not.toContain('measure.d.ts')
  })
})

describe.skipIf(!(await hasPython()))('Python', () => {
  test('what is asked is sent, and every module loads, whatever the model says', { timeout: 120_000 }, async () => {
    const text = `
import importlib, os, pkgutil
from datetime import datetime, timezone
import tenon_data
from tenon_data import TenonError, connect, node, service

for module in pkgutil.iter_modules(tenon_data.__path__):
    importlib.import_module("tenon_data." + module.name)

tenon = connect(url=os.environ["TENON_URL"], token=os.environ["TENON_TOKEN"])
payment = service.service(tenon)["payment"]
rate = payment.success_rate(where={"zone": "A"}, from_="-1h", to="now", step="1m")
service.table(tenon)["requests"].p95(group_by=["service"], where={"zone": ["A", "B"]}, as_of=datetime.fromtimestamp(0, timezone.utc))
payment.p95()
payment.depth(from_=0, to="2026-01-01T00:00:00Z")
service.service(tenon)["constructor"].then()
node.table(tenon)["node-memory"].free(step=30)
importlib.import_module("tenon_data.class_2").class_2(tenon)["import"].def_2()
print(rate.unit, rate.series[0].latest(), rate.quality.completeness)
print(",".join(entity.id for entity in tenon.entities(kind="service")))
print(tenon.relations("payment", direction="upstream", depth=2).links[0].kind)
try:
    tenon.query("refused.measure")
except TenonError as error:
    print(error.status, error.code, error, error.fix)
for wrong in (lambda: service.service(tenon)["paymnet"], lambda: payment.depth(from_=datetime(2026, 1, 1))):
    try:
        wrong()
    except (KeyError, ValueError) as error:
        print(type(error).__name__)
`
    project.write([{ path: 'main.py', text }])
    expect(await project.python('main.py', connection())).toBe(
      'ratio 0.5 1\nfirst,second\ncalls\n404 unknown-measure None such. Search.\nKeyError\nValueError\n',
    )
    expect(bodies()).toEqual([
      { measure: 'payment.success-rate', where: { zone: 'A' }, from: '-1h', to: 'now', step: '1m' },
      { measure: 'requests.p95', groupBy: ['service'], where: { zone: ['A', 'B'] }, asOf: '1970-01-01T00:00:00Z' },
      { measure: 'payment-extra.p95' },
      { measure: 'payment-extra.depth', from: 0, to: '2026-01-01T00:00:00Z' },
      { measure: 'constructor.then' },
      { measure: 'node-memory.free', step: 30 },
      { measure: 'import-table.def' },
      { kind: 'service', limit: 200 },
      { kind: 'service', limit: 200, cursor: 'second' },
      { entity: 'payment', direction: 'upstream', depth: 2 },
      { measure: 'refused.measure' },
    ])
  })
})

test('schemas and OpenAPI are JSON, and their references lead somewhere', async () => {
  for (const language of ['json-schema', 'openapi'] as const) {
    const { files, domains } = await generateSdk(model, { language })
    expect(files).toHaveLength(domains.length)
    for (const { text } of files) {
      const document: Record<string, unknown> = JSON.parse(text)
      const found = [...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path ?? '')
      expect(found.length).toBeGreaterThan(0)
      for (const path of found) {
        const target = path.split('/').reduce<unknown>((at, key) => Object(at)[key], document)
        expect(target, path).toBeTypeOf('object')
      }
    }
  }
})

test('only the domains that are wanted are written; of one that is not there the others are named', async () => {
  const { files, domains } = await generateSdk(model, { language: 'python', domains: ['node'] })
  expect(domains).toEqual([{ id: 'node', kind: null, services: 2 }])
  expect(files.map(({ path }) => path)).toEqual(['tenon_data/__init__.py', 'tenon_data/py.typed', 'tenon_data/node.py'])
  await expect(generateSdk(model, { language: 'python', domains: ['nodes'] })).rejects.toMatchObject({
    code: 'unknown-domain',
    fix: expect.stringContaining('node'),
  })
})

test('files stay where they are written, whatever kinds are called', async () => {
  const kinds = ['../../etc', 'a/b', '', 'CON', 'index', 'Service', 'service', 'été', '日本']
  const hostile: Model = {
    ...model,
    entities: kinds.map((kind, at) => ({ id: `e${at}`, kind, attributes: {} })),
    tables: Object.fromEntries(kinds.map((_, at) => [`t${at}`, { ...model.tables['node-memory']!, entity: `e${at}` }])),
  }
  for (const language of sdkLanguages) {
    const paths = (await generateSdk(hostile, { language })).files.map(({ path }) => path)
    expect(new Set(paths.map((path) => path.toLowerCase())).size).toBe(paths.length)
    for (const path of paths) expect(path).toMatch(/^(?:tenon_data\/)?[\w-]+(?:\.[a-z]+){1,2}$/)
  }
})
