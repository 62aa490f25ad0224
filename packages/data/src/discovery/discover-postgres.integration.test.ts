import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDataService, type OpenDataService } from '../query/create-data-service.ts'
import { readModel } from '../model/load-model.ts'
import type { ModelText } from '../model/model-text.ts'
import type { SourceAddress } from '../sources/source.ts'
import { acceptChanges, runDiscovery } from './run-discovery.ts'

describe("PostgreSQL's own statistics", () => {
  const name = `found_${Date.now()}`
  let admin: pg.Client
  let data: OpenDataService
  let files: ModelText[]
  let address: SourceAddress

  beforeAll(async () => {
    const url = new URL(process.env.TEST_DATABASE_URL ?? '')
    admin = new pg.Client({ connectionString: url.href })
    await admin.connect()
    await admin.query(`CREATE DATABASE ${name}`)
    const own = new URL(url)
    own.pathname = `/${name}`
    const client = new pg.Client({ connectionString: own.href })
    await client.connect()
    await client.query(`CREATE TYPE state AS ENUM ('paid', 'failed')`)
    await client.query(
      'CREATE TABLE sale (id int PRIMARY KEY, state state NOT NULL, amount numeric, created_at timestamptz NOT NULL)',
    )
    await client.query(
      `INSERT INTO sale SELECT n, CASE WHEN n % 10 = 0 THEN 'failed' ELSE 'paid' END::state, 5, now() - n * interval '10 seconds' FROM generate_series(1, 1000) n`,
    )
    // Its session tells of its changes when it ends.
    await client.end()
    address = {
      kind: 'postgres',
      url: `postgres://${url.host}/${name}`,
      secret: `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`,
    }
    const { changes } = await runDiscovery({ name: 'sales-db', ...address }, { files: [], now: Date.now() })
    files = acceptChanges([], changes).flatMap(({ path, text }) => (text === null ? [] : [{ path, text }]))
    data = createDataService({ model: readModel(files), sources: async () => address })
  }, 60_000)
  afterAll(async () => {
    await data?.close()
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`)
    await admin.end()
  })

  /** The newest value, as of now. */
  async function ask(
    measure: string,
    where: Record<string, string> = {},
    seconds = 60,
  ): Promise<number | null | undefined> {
    const asOf = Date.now()
    const span = { from: asOf, to: asOf, stepSeconds: seconds, asOf }
    return (await data.data({ measure, where, ...span })).series[0]?.points.at(-1)?.[1]
  }

  it('databases are there with their connections', async () => {
    const database = data.model.entities.find(
      ({ kind, id, attributes }) => kind === 'database' && (attributes.database ?? id) === name,
    )
    expect(await ask(`${database?.id}.numbackends`)).toBeGreaterThanOrEqual(1)
  })

  it('tables are there with their rows, as they are now and at no other time', async () => {
    const rows = () => ask('pg-stat-user-tables.n-tup-ins', { relname: 'sale' })
    await expect.poll(rows, { timeout: 3_000 }).toBe(1000)
    const before = Date.now() - 3_600_000
    const past = await data.data({
      measure: 'pg-stat-user-tables.n-tup-ins',
      from: before,
      to: before,
      stepSeconds: 60,
      asOf: before,
    })
    expect(past.series[0]?.points.every(([, value]) => value === null)).toBe(true)
    expect(past.quality.notes.join()).toContain('tells only what is now')
  })

  it('a table of its own counts what was sold, how much, and how it ended', async () => {
    expect(await ask('sale.sale-success-rate', {}, 3600)).toBeCloseTo(0.9, 2)
    expect(await ask('sale.amount', {}, 3600)).toBeCloseTo(30, 0)
    expect(await ask('sale.sale', {}, 3600)).toBeCloseTo(6, 0)
  })

  it('a second discovery finds nothing new', async () => {
    expect((await runDiscovery({ name: 'sales-db', ...address }, { files, now: Date.now() })).changes).toEqual([])
  })
})
