/** The same facts in PostgreSQL, MariaDB and files give the same computed answers. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startMariadb } from '../../../test/mariadb.ts'
import type { ComputeAskInput } from '../../compute/ask.ts'
import { createDataService, type OpenDataService } from '../../query/create-data-service.ts'
import { DataError } from '../../data-error.ts'
import { modelFile } from '../../model/model.ts'
import type { SourceAddress } from '../source.ts'

const begin = Date.UTC(2026, 5, 1, 12)
const apps = ['trade', 'Trade', "o'brien", '日本', '"; DROP TABLE calls; --', '.*', 'a|b']
const methods = ['GET', 'POST', 'PUT']

interface Call {
  id: number
  time: number
  app: string
  method: string
  took: number | null
}

const calls: Call[] = Array.from({ length: 700 }, (_, id) => ({
  id,
  time: begin + id * 5_000,
  app: apps[id % apps.length]!,
  method: methods[id % methods.length]!,
  took: id % 10 === 0 ? null : (id % 50) / 8,
}))

interface World {
  address: SourceAddress
  from: string
  hasQuantiles: boolean
  stop(): Promise<void>
}

async function postgresWorld(): Promise<World> {
  const url = new URL(process.env.TEST_DATABASE_URL ?? '')
  const table = `calls_${Date.now()}`
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  await client.query(`CREATE TABLE ${table} (id int, time timestamptz, app text, method text, took numeric(8,3))`)
  for (const { id, time, app, method, took } of calls)
    await client.query(`INSERT INTO ${table} VALUES ($1, $2, $3, $4, $5)`, [id, new Date(time), app, method, took])
  return {
    address: {
      kind: 'postgres',
      url: `postgres://${url.host}${url.pathname}`,
      secret: `${url.username}:${url.password}`,
    },
    from: `public.${table}`,
    hasQuantiles: true,
    async stop() {
      await client.query(`DROP TABLE ${table}`)
      await client.end()
    },
  }
}

async function mariadbWorld(): Promise<World> {
  const server = await startMariadb()
  const root = await createConnection({
    host: '127.0.0.1',
    port: server.port,
    user: 'root',
    charset: 'utf8mb4',
    timezone: 'Z',
  })
  await root.query('CREATE DATABASE shop CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci')
  await root.query(
    'CREATE TABLE shop.calls (id int, time datetime(3), app varchar(50), method varchar(10), took decimal(8,3))',
  )
  const rows = calls.map(({ id, time, app, method, took }) => [id, new Date(time), app, method, took])
  await root.query('INSERT INTO shop.calls VALUES ?', [rows])
  await root.query("CREATE USER reader IDENTIFIED BY 'word'")
  await root.query('GRANT SELECT ON shop.* TO reader')
  return {
    address: { kind: 'mysql', url: `mysql://127.0.0.1:${server.port}/shop`, secret: 'reader:word' },
    from: 'calls',
    hasQuantiles: false,
    async stop() {
      await root.end()
      await server.stop()
    },
  }
}

function filesWorld(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'tenon-compute-rows-'))
  process.env['TENON_FILES_DIR'] = folder
  writeFileSync(join(folder, 'calls.ndjson'), calls.map((call) => JSON.stringify(call)).join('\n'))
  return Promise.resolve({
    address: { kind: 'files', url: folder, secret: null },
    from: 'calls.ndjson',
    hasQuantiles: true,
    async stop() {
      rmSync(folder, { recursive: true, force: true })
    },
  })
}

const worlds = [
  { title: 'PostgreSQL', make: postgresWorld },
  { title: 'MariaDB', make: mariadbWorld },
  { title: 'files', make: filesWorld },
]

const range = { from: begin + 60_000, to: begin + 60_000 + 1_800_000 }
const within = calls.filter(({ time }) => time >= range.from && time < range.to)
const sum = (of: Call[]) => of.reduce((total, { took }) => total + (took ?? 0), 0)
const known = (of: Call[]) => of.filter(({ took }) => took !== null)

describe.each(worlds)('$title', ({ make }) => {
  let world: World
  let data: OpenDataService
  beforeAll(async () => {
    world = await make()
    const model = modelFile.parse({ tenonModel: 1 })
    data = createDataService({ model, sources: async () => world.address })
  })
  afterAll(async () => {
    await data?.close()
    await world?.stop()
  })
  const ask = (more: Partial<ComputeAskInput>) =>
    data.compute({ from: { source: 'any', from: world.from }, range, ...more })

  test('counts, sums and the like of each group', async () => {
    const { rows, query } = await ask({
      groupBy: ['method'],
      aggregates: [
        { fn: 'count' },
        { fn: 'count', field: 'took' },
        { fn: 'sum', field: 'took' },
        { fn: 'avg', field: 'took' },
        { fn: 'min', field: 'took' },
        { fn: 'max', field: 'took' },
        { fn: 'distinct', field: 'app' },
      ],
    })
    const expected = methods.toSorted().map((method) => {
      const of = within.filter((call) => call.method === method)
      const tooks = known(of).map(({ took }) => took ?? 0)
      return [
        method,
        of.length,
        tooks.length,
        sum(of),
        sum(of) / tooks.length,
        Math.min(...tooks),
        Math.max(...tooks),
        7,
      ]
    })
    expect(rows.map((row) => row.map(rounded))).toEqual(expected.map((row) => row.map(rounded)))
    expect(query).toContain('GROUP BY')
  })

  test('each step of time begins with the time that is asked for', async () => {
    const { rows, columns } = await ask({ stepSeconds: 600 })
    expect(columns[0]).toEqual({ name: 'time', type: 'time' })
    const steps = [0, 1, 2].map((step) => range.from + step * 600_000)
    expect(rows).toEqual(steps.map((at) => [at, within.filter(({ time }) => time >= at && time < at + 600_000).length]))
  })

  test.each(apps)('a hostile value is a value: %s', async (app) => {
    const { rows } = await ask({ where: [{ field: 'app', value: app }] })
    expect(rows).toEqual([[within.filter((call) => call.app === app).length]])
    const others = await ask({ where: [{ field: 'app', op: 'not-in', value: [app] }] })
    expect(others.rows).toEqual([[within.filter((call) => call.app !== app).length]])
    const holding = await ask({ where: [{ field: 'app', op: 'contains', value: app.slice(1) || app }] })
    expect(holding.rows).toEqual([[within.filter((call) => call.app.includes(app.slice(1) || app)).length]])
  })

  test('numbers are compared as numbers, and what is nothing passes no filter but "is not"', async () => {
    const count = async (where: ComputeAskInput['where']) => (await ask({ where })).rows[0]?.[0]
    expect(await count([{ field: 'took', op: '>=', value: 5 }])).toBe(
      within.filter(({ took }) => (took ?? 0) >= 5).length,
    )
    expect(await count([{ field: 'took', op: '<', value: 5 }])).toBe(
      known(within).filter(({ took }) => (took ?? 0) < 5).length,
    )
    expect(await count([{ field: 'took', op: '!=', value: 5 }])).toBe(within.filter(({ took }) => took !== 5).length)
    expect(await count([{ field: 'took', op: 'exists' }])).toBe(known(within).length)
    expect(await count([{ field: 'method', op: 'matches', value: '(GET|PUT)' }])).toBe(
      within.filter(({ method }) => method !== 'POST').length,
    )
  })

  test('having and top leave the groups that are asked for, and say how many there are', async () => {
    const { rows, notes, bounds } = await ask({
      groupBy: ['app'],
      aggregates: [{ fn: 'sum', field: 'took', as: 'total' }],
      having: [{ column: 'total', op: '>', value: 1 }],
      top: { by: 'total', count: 2 },
    })
    const totals = apps.map((app) => [app, sum(within.filter((call) => call.app === app))] as const)
    const best = totals.filter(([, total]) => total > 1).toSorted((a, b) => b[1] - a[1])
    expect(rows.map((row) => row.map(rounded))).toEqual(best.slice(0, 2).map((row) => row.map(rounded)))
    expect(notes).toContain('2 of 7 groups are shown: those with the most total.')
    expect(bounds.isCut).toBe(true)
  })

  test('quantiles are exact, or refused', async () => {
    const ordered = known(within)
      .map(({ took }) => took ?? 0)
      .toSorted((a, b) => a - b)
    const rank = (ordered.length - 1) * 0.9
    const [below, above] = [ordered[Math.floor(rank)] ?? 0, ordered[Math.ceil(rank)] ?? 0]
    const quantile = below + (above - below) * (rank - Math.floor(rank))
    const asked = ask({ aggregates: [{ fn: 'quantile', field: 'took', quantile: 0.9 }] })
    const answer = await asked.catch((error: unknown) => {
      if (error instanceof DataError) return error
      throw error
    })
    const said = answer instanceof DataError ? answer.code : Number(answer.rows[0]?.[0])
    const wanted = world.hasQuantiles ? Number(quantile.toFixed(9)) : 'bad-query'
    expect(typeof said === 'number' ? Number(said.toFixed(9)) : said).toBe(wanted)
  })

  test('nothing counts as none', async () => {
    const { rows } = await ask({
      where: [{ field: 'app', value: 'nobody' }],
      aggregates: [{ fn: 'count' }, { fn: 'sum', field: 'took' }],
    })
    expect(rows).toEqual([[0, null]])
  })

  test.each([
    [{ groupBy: ['app"; DROP TABLE calls; --'] }],
    [{ groupBy: ['nowhere'] }],
    [{ where: [{ field: 'method', op: 'matches' as const, value: '(((' }] }],
    [{ aggregates: [{ fn: 'sum' as const, field: 'nowhere' }] }],
  ])('what is not there is refused: %j', async (more) => {
    // Lines of JSON have any field or none: there it is said, not refused.
    const answer = await ask(more).catch((error: unknown) => error)
    const said = answer instanceof DataError ? answer.code : JSON.stringify(answer)
    expect(said).toMatch(/^bad-query$|None of the first 10000 lines has a field/)
  })
})

const rounded = (cell: unknown): unknown => (typeof cell === 'number' ? Number(cell.toPrecision(9)) : cell)
