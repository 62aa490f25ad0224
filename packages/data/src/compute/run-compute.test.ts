import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createDataService, type OpenDataService } from '../query/create-data-service.ts'
import { model } from '../model/model.ts'
import { createRunScope, runLimits } from '../planner/run-scope.ts'
import type { ComputeAskInput } from './ask.ts'

// Each question is a process of its own, which a busy machine starts slowly.
vi.setConfig({ testTimeout: 60_000 })

const t0 = Date.UTC(2026, 10, 28, 11)
const at = (seconds: number) => new Date(t0 + seconds * 1000).toISOString()
let folder: string
let service: OpenDataService

const shop = model.parse({
  tenonModel: 1,
  entities: [
    { id: 'trade', kind: 'service' },
    { id: 'zone-A', kind: 'zone', attributes: { zone: 'A' } },
    ...['a-1', 'a-2', 'b-1'].map((host) => ({
      id: `trade-${host}`,
      kind: 'host',
      attributes: { service: 'trade', zone: host.startsWith('a') ? 'A' : 'B' },
    })),
  ],
  tables: {
    'trade-access': {
      source: 'logs',
      from: 'trade/{host}/access.log*',
      parse: '<time> <level> <method> <path> <status> <took>',
      dimensions: { host: 'host', method: 'method', status: 'status' },
      measures: {},
    },
  },
  relations: [],
  chains: [],
})

function write(name: string, content: string | Buffer): void {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenon-compute-'))
  process.env['TENON_FILES_DIR'] = folder
  const line = (second: number, method: string, status: number, took: string) =>
    `${at(second)} info ${method} /api/orders ${status} ${took}`
  write(
    'trade/trade-a-1/access.log',
    [line(0, 'GET', 200, '0.1'), line(10, 'POST', 500, '0.9'), 'Traceback (most recent call last)', ''].join('\n'),
  )
  write('trade/trade-a-1/access.log.1.gz', gzipSync(`${line(20, 'GET', 200, '0.3')}\n`))
  write('trade/trade-a-2/access.log', `${line(30, 'GET', 200, '-')}\n${line(3_600, 'GET', 200, '0.3')}\n`)
  write('trade/trade-b-1/access.log', `${line(0, 'GET', 200, 'slow')}\n`)
  service = createDataService({
    model: shop,
    sources: async (name) => (name === 'logs' ? { kind: 'files', url: folder, secret: null } : null),
  })
})
afterAll(async () => {
  await service.close()
  rmSync(folder, { recursive: true, force: true })
})

const range = { from: at(0), to: at(3_600) }
const ask = (more: Partial<ComputeAskInput>) => service.compute({ from: 'trade-access', range, ...more })

test('calls of an application on the hosts of a zone, by method', async () => {
  const result = await ask({
    entities: { of: 'trade', where: { zone: 'A' } },
    groupBy: ['method'],
    aggregates: [{ fn: 'count' }, { fn: 'avg', field: 'took' }],
  })
  expect(result.columns).toEqual([
    { name: 'method', type: 'text' },
    { name: 'count', type: 'number' },
    { name: 'avg_took', type: 'number' },
  ])
  expect(result.rows).toEqual([
    ['GET', 3, 0.2],
    ['POST', 1, 0.9],
  ])
  expect(result.read).toEqual({ matched: 4, outside: 1, malformed: 1 })
  expect(result.notes).toContain('1 line is not of the format and not counted.')
  expect(result.query).toContain('GROUP BY')
  expect(result.query).not.toContain(folder)
})

const raw = (from: string, more: Partial<ComputeAskInput> = {}) =>
  service.compute({ from: { source: 'logs', from }, range, ...more })

test('an empty choice of entities is refused, and never everything', async () => {
  await expect(ask({ entities: { of: 'trade', where: { zone: 'C' } } })).rejects.toMatchObject({
    code: 'unknown-entity',
  })
  await expect(ask({ entities: { ids: ['nobody'] } })).rejects.toMatchObject({ code: 'unknown-entity' })
})

test('hosts of a zone are read from their own files only', async () => {
  const { rows, query } = await ask({ entities: { of: 'zone-A' }, groupBy: ['host'] })
  expect(rows).toEqual([
    ['trade-a-1', 3],
    ['trade-a-2', 1],
  ])
  expect(query).not.toContain('trade-b-1')
})

test('steps of time, and what is no number is counted', async () => {
  const { rows, notes } = await ask({ stepSeconds: 20, aggregates: [{ fn: 'count' }, { fn: 'max', field: 'took' }] })
  expect(rows).toEqual([
    [t0, 3, 0.9],
    [t0 + 20_000, 2, 0.3],
  ])
  expect(notes).toContain('1 value of "took" is no number and left out.')
})

test('the presets: nginx, logfmt, JSON lines; a packed file is read as any', async () => {
  const at = '28/Nov/2026:13:00:05 +0200'
  write('web/access.log', `10.0.0.1 - bob [${at}] "GET /a b HTTP/1.1" 404 12 "-" "curl/8"\n`)
  const web = await raw('web/access.log', {
    parse: 'nginx-combined',
    groupBy: ['method', 'status', 'user_agent'],
    aggregates: [{ fn: 'sum', field: 'bytes' }],
  })
  // A path with a space in it ends where the pattern says, and its rest is the protocol's.
  expect(web.rows).toEqual([['GET', '404', 'curl/8', 12]])

  const logfmt = 'time=2026-11-28T11:00:01Z msg="a method=POST \\"x\\" b" method=GET took=0.5 empty= flag'
  write('app/app.log', `${logfmt}\nnothing to see\n`)
  const app = await raw('app/app.log', { parse: 'logfmt', groupBy: ['method', 'msg', 'empty'] })
  expect(app.rows).toEqual([['GET', 'a method=POST "x" b', '', 1]])
  expect(app.read?.malformed).toBe(1)

  const json = { time: t0 / 1000, http: { method: 'GET' }, 'http.status': 200, text: 'a\nb' }
  write('json/app.log.gz', gzipSync(`${JSON.stringify(json)}\n{broken\n[1]\n`))
  const lines = await raw('json/app.log.gz', { parse: 'json', groupBy: ['http.method', 'http.status', 'text'] })
  expect(lines.rows).toEqual([['GET', '200', 'a\nb', 1]])
  expect(lines.read?.malformed).toBe(2)
})

test('CSV and JSON arrays have their own fields; a line that is no row is counted', async () => {
  write('csv/orders.csv', `time,shop,amount\n${at(1)},"a, ""b""",10\n${at(2)},c\n${at(3)},d,5\n`)
  const csv = await raw('csv/*.csv', { groupBy: ['shop'], aggregates: [{ fn: 'sum', field: 'amount' }] })
  expect(csv.rows).toEqual([
    ['a, "b"', 10],
    ['d', 5],
  ])
  expect(csv.read?.malformed).toBe(1)
  write(
    'array/orders.json',
    JSON.stringify([
      { time: at(1), shop: 'a' },
      { time: at(2), shop: 'a' },
    ]),
  )
  expect((await raw('array/orders.json', { groupBy: ['shop'] })).rows).toEqual([['a', 2]])
})

test('Parquet has columns with types; numbers, times and nothing are what they are', async () => {
  write('parquet/orders.parquet', '')
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  const time = `epoch_ms(${t0} + i * 1000)`
  await connection.run(
    `COPY (SELECT ${time} AS time, CASE WHEN i % 2 = 0 THEN 'a' END AS shop, i::DECIMAL(9, 2) AS amount, i % 3 = 0 AS paid FROM range(10) t(i))
     TO '${join(folder, 'parquet/orders.parquet').replaceAll("'", "''")}' (FORMAT parquet)`,
  )
  const { rows } = await raw('parquet/{kind}.parquet', {
    where: [
      { field: 'paid', value: false },
      { field: 'kind', value: 'orders' },
    ],
    groupBy: ['shop', 'kind'],
    aggregates: [
      { fn: 'sum', field: 'amount' },
      { fn: 'count', field: 'shop' },
    ],
  })
  expect(rows).toEqual([
    ['', 'orders', 1 + 5 + 7, 0],
    ['a', 'orders', 2 + 4 + 8, 3],
  ])
})

test('lines that are no text, too long or hold what parts columns are counted, never lost', async () => {
  write(
    'odd/app.log',
    Buffer.concat([
      Buffer.from(`${at(1)} good\n`),
      Buffer.from([0xff, 0xfe, 0x0a]),
      Buffer.from(`${at(2)} a\u0001b\n\r\n`),
      Buffer.from(`${at(3)} ${'x'.repeat(3_000_000)}\n`),
      Buffer.from(`${at(4)} last without an end`),
    ]),
  )
  const { rows, read } = await raw('odd/app.log', { parse: '<time> <text>' })
  expect(rows).toEqual([[2]])
  expect(read).toEqual({ matched: 2, outside: 0, malformed: 3 })
})

test('binary files and files that are not what they are called are left out with a note', async () => {
  write('mixed/core.log', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 1]))
  write('mixed/fake.log.gz', 'plain\n')
  write('mixed/real.log', `${at(1)} x\n`)
  const { rows, notes } = await raw('mixed/*', { parse: '<time> <text>' })
  expect(rows).toEqual([[1]])
  expect(notes).toEqual([
    '"mixed/core.log" is binary and was left out.',
    '"mixed/fake.log.gz" is not packed as its name says and was left out.',
  ])
})

test('nothing outside the folder is read, whatever the path or the link', async () => {
  symlinkSync('/etc/hostname', join(folder, 'link.log'))
  for (const path of ['../secret.log', '/etc/passwd', 'a/../../b', ''])
    await expect(raw(path)).rejects.toMatchObject({ code: 'bad-query' })
  await expect(raw('link.log')).rejects.toMatchObject({ code: 'bad-query' })
  const elsewhere = createDataService({
    model: shop,
    sources: async () => ({ kind: 'files', url: '/etc', secret: null }),
  })
  await expect(elsewhere.compute({ from: { source: 'x', from: '*' }, range })).rejects.toMatchObject({
    code: 'source-refused',
  })
  await elsewhere.close()
})

test('old files are not read, and that is said', async () => {
  write('old/app.log', `${at(1)} x\n`)
  const long = (t0 - 86_400_000) / 1000
  utimesSync(join(folder, 'old/app.log'), long, long)
  const { rows, notes } = await raw('old/*.log', { parse: '<time> <text>' })
  expect(rows).toEqual([[0]])
  expect(notes).toContain('One file last written before the time asked for was not read.')
})

test.each([
  ["it's", "'; DROP TABLE x; --"],
  ['a" b', '$1'],
  ['\\', '{{.}}'],
])('names and values that are hostile are names and values: %s', async (name, value) => {
  write('hostile/app.ndjson', `${JSON.stringify({ time: at(1), [name]: value })}\n${JSON.stringify({ time: at(2) })}\n`)
  const { rows } = await raw('hostile/app.ndjson', {
    where: [{ field: name, value }],
    groupBy: [name],
    aggregates: [{ fn: 'distinct', field: name, as: `of ${name}` }],
    top: { by: `of ${name}`, count: 1 },
  })
  expect(rows).toEqual([[value, 1]])
})

test('a regular expression that never ends elsewhere ends here', async () => {
  write('bomb/app.log', `${at(1)} ${'a'.repeat(50_000)}!\n`)
  const hit = (value: string) =>
    raw('bomb/app.log', { parse: '<time> <text>', where: [{ field: 'text', op: 'matches', value }] })
  expect((await hit('^(a+)+$')).rows).toEqual([[0]])
  expect((await hit('(a|aa)+!')).rows).toEqual([[1]])
  await expect(hit('((a{1,100}){1,100}){1,100}')).rejects.toMatchObject({ code: 'bad-query' })
})

test('more groups than are asked for are cut with a note; more bytes are refused', async () => {
  const many = Array.from({ length: 300 }, (_, index) => `${at(index)} user-${index} ${index}`)
  write('many/app.log', many.join('\n'))
  const parse = '<time> <user> <took>'
  const top = await raw('many/app.log', {
    parse,
    groupBy: ['user'],
    aggregates: [{ fn: 'max', field: 'took' }],
    top: { by: 'max_took', count: 2 },
  })
  expect(top.rows).toEqual([
    ['user-299', 299],
    ['user-298', 298],
  ])
  expect(top.notes).toEqual(['2 of 300 groups are shown: those with the most max_took.'])
  const cut = await raw('many/app.log', { parse, groupBy: ['user'], limits: { rows: 10 } })
  expect([cut.rows.length, cut.bounds.isCut]).toEqual([10, true])
  await expect(raw('many/app.log', { parse, limits: { bytes: 100 } })).rejects.toMatchObject({
    code: 'query-too-large',
  })
})

test.each<[string, Partial<ComputeAskInput>]>([
  ['a time that ends before it begins', { range: { from: at(10), to: at(0) } }],
  ['too many steps', { stepSeconds: 1, range: { from: 0, to: at(0) } }],
  ['a field that is not there', { groupBy: ['metod'] }],
  ['a pattern without text between fields', { parse: '<a><b>' }],
  ['a pattern with a field twice', { parse: '<a> <a>' }],
  ['a way to parse that is none', { parse: 'nginx' }],
  ['a time field that holds none', { time: 'method' }],
  ['two columns of one name', { groupBy: ['method'], aggregates: [{ fn: 'count', as: 'method' }] }],
  ['an order by what is not there', { top: { by: 'sum', count: 1 } }],
  ['a list where one value goes', { where: [{ field: 'method', op: '=', value: ['GET'] }] }],
])('%s is refused', async (_, more) => {
  await expect(ask(more)).rejects.toMatchObject({ name: 'DataError', fix: expect.stringMatching(/./) })
})

test('what a run computes is counted against what it may read', async () => {
  const none = { points: 0, series: 0, seconds: 0 }
  const scope = createRunScope('run', { ...runLimits, perSource: { ...runLimits.perSource, points: 1 } })
  const ask: ComputeAskInput = { from: 'trade-access', range: { from: at(0), to: at(60) } }
  expect((await service.compute(ask, { scope })).rows).toHaveLength(1)
  expect(scope.spent()).not.toEqual(none)
  await expect(service.compute(ask, { scope })).rejects.toMatchObject({ code: 'budget-spent' })
})
