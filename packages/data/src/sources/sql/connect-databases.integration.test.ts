/** What docs/connect.md says of databases holds: its grants make a user that can read and nothing else, and its example can be asked. */
import { readFileSync } from 'node:fs'
import { createConnection } from 'mysql2/promise'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { startMariadb } from '../../../test/mariadb.ts'
import { checkModel } from '../../model/check-model.ts'
import { createDataService } from '../../query/create-data-service.ts'
import { modelFile } from '../../model/model.ts'
import type { SourceAddress } from '../source.ts'
import { testSource } from '../test-source.ts'

const guide = readFileSync(new URL('../../../../../docs/connect.md', import.meta.url), 'utf8')
const section = /\n## Databases\n(.*?)\n## /s.exec(guide)?.[1] ?? ''
const grants = [...section.matchAll(/```sql\n(.*?)```/gs)].map(([, text]) => text ?? '')
const example = /```yaml\n(.*?)```/s.exec(section)?.[1] ?? ''
const model = modelFile.parse({
  tenonModel: 1,
  entities: [{ id: 'marketplace', kind: 'service' }],
  ...(parse(example) as object),
})

const now = Date.UTC(2026, 5, 1, 12)
const time = (seconds: number) => `'${new Date(now + seconds * 1000).toISOString().replace('T', ' ').replace('Z', '')}'`
const tables = [
  'CREATE TABLE orders (created_at timestamp(3) NULL, zone varchar(9), shop_id int, status varchar(9), method varchar(9), amount decimal(9,2), took_seconds double precision)',
  `INSERT INTO orders VALUES (${time(-30)}, 'A', 1, 'paid', 'card', 10, 0.1), (${time(-20)}, 'A', 1, 'cancelled', 'sepa-1', 99, 0.2), (${time(-10)}, 'A', 2, 'paid', 'cash', 5, 9)`,
  'CREATE TABLE pool_readings (time timestamp(3) NULL, host varchar(9), in_use int, size int)',
  `INSERT INTO pool_readings VALUES (${time(-40)}, 'a', 2, 10), (${time(-10)}, 'a', 4, 10), (${time(-10)}, 'b', 1, 10)`,
]

interface World {
  address: SourceAddress
  model: typeof model
  run(statement: string): Promise<unknown>
  stop(): Promise<void>
}

async function postgresWorld(): Promise<World> {
  const url = new URL(process.env.TEST_DATABASE_URL ?? '')
  const name = `guide_${Date.now()}`
  const admin = new pg.Client({ connectionString: url.href })
  await admin.connect()
  await admin.query(`CREATE DATABASE ${name}`)
  const own = new URL(url.href)
  own.pathname = `/${name}`
  const client = new pg.Client({ connectionString: own.href })
  await client.connect()
  for (const statement of tables) await client.query(statement)
  await client.query((grants[0] ?? '').replaceAll(/\btenon\b/g, name).replaceAll(/\bshop\b/g, name))
  return {
    address: { kind: 'postgres', url: `postgres://${url.host}/${name}`, secret: `${name}:choose-one` },
    model,
    run: (statement) => client.query(statement),
    async stop() {
      await client.end()
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`)
      await admin.query(`DROP ROLE ${name}`)
      await admin.end()
    },
  }
}

async function mariadbWorld(): Promise<World> {
  const server = await startMariadb()
  const root = await createConnection({ host: '127.0.0.1', port: server.port, user: 'root', multipleStatements: true })
  await root.query('CREATE DATABASE shop; USE shop')
  for (const statement of tables) await root.query(`SET time_zone = '+00:00'; ${statement}`)
  await root.query(grants[1] ?? '')
  // Its schemas are databases.
  const here = modelFile.parse(JSON.parse(JSON.stringify(model).replaceAll('public.', 'shop.')))
  return {
    address: { kind: 'mysql', url: `mysql://127.0.0.1:${server.port}/shop`, secret: 'tenon:choose-one' },
    model: here,
    run: (statement) => root.query(statement),
    async stop() {
      await root.end()
      await server.stop()
    },
  }
}

it('has grants for each kind, and an example that fits', () => {
  expect(grants).toHaveLength(3)
  expect(checkModel(model)).toEqual([])
})

describe.each([
  { title: 'PostgreSQL', make: postgresWorld },
  { title: 'MariaDB', make: mariadbWorld },
])('$title', ({ make }) => {
  let world: World
  beforeAll(async () => {
    world = await make()
  })
  afterAll(() => world?.stop())

  it('reads with the grants of the guide, tables that come later included, and cannot write', async () => {
    await world.run('CREATE TABLE later (id int)')
    expect(await testSource(world.address)).toEqual({
      ok: true,
      detail: expect.stringMatching(/3 tables and views can be read\.$/),
    })
  })

  it('answers every measure of the example', async () => {
    const data = createDataService({ model: world.model, sources: async () => world.address })
    const wanted: Record<string, number> = {
      'orders.orders': 3,
      'orders.amount': 15,
      'orders.paid': 2 / 3,
      'orders.slow': 0.195,
      'pool.used': 4,
      'pool.level': 0.2,
    }
    for (const [measure, value] of Object.entries(wanted)) {
      const { series } = await data.data({ measure, from: now, to: now, stepSeconds: 60, asOf: now })
      expect([measure, series[0]!.points]).toEqual([measure, [[now, expect.closeTo(value, 9)]]])
    }
    const byShop = await data.data({
      measure: 'orders.amount',
      groupBy: ['shop'],
      from: now,
      to: now,
      stepSeconds: 60,
      asOf: now,
    })
    expect(byShop.series.map(({ dimensions, points }) => [dimensions.shop, points[0]![1]])).toEqual([
      ['1', 10],
      ['2', 5],
    ])
    await data.close()
  })
})
