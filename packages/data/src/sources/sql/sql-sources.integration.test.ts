/** What differs from database to database, on real ones: types, rights, limits and errors. Same answers are the conformance suite's. */
import { createServer, type Server } from 'node:net'
import { createConnection, type Connection } from 'mysql2/promise'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startMariadb } from '../../../test/mariadb.ts'
import { minute, minutes, seriesAsk, unshared, type AskOptions } from '../../../test/series-ask.ts'
import { freePort } from '../../../test/own-server.ts'
import type { SourceAddress } from '../source.ts'
import { mysqlDialect } from './mysql-dialect.ts'
import { mysqlKind, openMysql } from './mysql.ts'
import { postgresDialect } from './postgres-dialect.ts'
import { openPostgres, postgresKind } from './postgres.ts'
import { openSchema } from './read-schema.ts'
import { sqlSource } from './sql-source.ts'
import { raw } from './sql-text.ts'

const now = Date.UTC(2026, 5, 1, 12)
const grid = minutes(now, 3)
const at = (seconds: number) => new Date(now + seconds * 1000).toISOString().replace('T', ' ').replace('Z', '')

/** A database with the statements of a set-up run in it by its owner. */
interface World {
  owner: SourceAddress
  reader: SourceAddress
  /** May sign in and read nothing. */
  stranger: SourceAddress
  run(statement: string): Promise<unknown>
  stop(): Promise<void>
}

const shared = [
  'CREATE TABLE paid (id int PRIMARY KEY, seen timestamp(3) NULL, host varchar(50), amount numeric(10,2), shop_no int, note varchar(50))',
  `INSERT INTO paid VALUES (1, '${at(-90)}', 'a', 1.10, 7, 'x'), (2, '${at(-30)}', 'A', 2.20, 7, 'x'), (3, '${at(0)}', NULL, 4.40, 8, 'x'),
    (4, '${at(0.001)}', 'a', 100, 7, 'x'), (5, '${at(-180)}', 'a', 1000, 7, 'x'), (6, '${at(-59)}', 'a', NULL, 7, 'x')`,
  'CREATE TABLE line (id int PRIMARY KEY, paid_id int, constraint to_paid foreign key (paid_id) references paid (id))',
]

async function postgresWorld(): Promise<World> {
  const url = new URL(process.env.TEST_DATABASE_URL ?? '')
  const name = `sql_${Date.now()}`
  const admin = new pg.Client({ connectionString: url.href })
  await admin.connect()
  await admin.query(`CREATE DATABASE ${name}`)
  for (const role of ['reader', 'stranger'])
    await admin.query(`CREATE ROLE ${name}_${role} LOGIN PASSWORD 'hidden-word'`)
  const own = new URL(url.href)
  own.pathname = `/${name}`
  const client = new pg.Client({ connectionString: own.href })
  await client.connect()
  for (const statement of shared) await client.query(statement)
  await client.query(`GRANT SELECT ON paid, line TO ${name}_reader`)
  const address = (secret: string) => ({ kind: 'postgres', url: `postgres://${url.host}/${name}`, secret })
  return {
    owner: address(`${url.username}:${url.password}`),
    reader: address(`${name}_reader:hidden-word`),
    stranger: address(`${name}_stranger:hidden-word`),
    run: (statement) => client.query(statement),
    async stop() {
      await client.end()
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`)
      for (const role of ['reader', 'stranger']) await admin.query(`DROP ROLE ${name}_${role}`)
      await admin.end()
    },
  }
}

async function mariadbWorld(): Promise<World> {
  const server = await startMariadb()
  const root: Connection = await createConnection({ host: '127.0.0.1', port: server.port, user: 'root', timezone: 'Z' })
  await root.query("SET time_zone = '+00:00'")
  await root.query('CREATE DATABASE shop')
  await root.query('USE shop')
  for (const statement of shared) await root.query(statement)
  await root.query("CREATE USER owner IDENTIFIED BY 'hidden-word'")
  await root.query('GRANT ALL PRIVILEGES ON shop.* TO owner')
  await root.query("CREATE USER reader IDENTIFIED BY 'hidden-word'")
  await root.query('GRANT SELECT ON shop.* TO reader')
  await root.query("CREATE USER stranger IDENTIFIED BY 'hidden-word'")
  const address = (secret: string) => ({ kind: 'mysql', url: `mysql://127.0.0.1:${server.port}/shop`, secret })
  return {
    owner: address('owner:hidden-word'),
    reader: address('reader:hidden-word'),
    stranger: address('stranger:hidden-word'),
    run: (statement) => root.query(statement),
    async stop() {
      await root.end()
      await server.stop()
    },
  }
}

const databases = [
  {
    title: 'PostgreSQL',
    make: postgresWorld,
    kind: postgresKind,
    open: openPostgres,
    dialect: postgresDialect,
    wait: 'pg_sleep(20)',
  },
  { title: 'MariaDB', make: mariadbWorld, kind: mysqlKind, open: openMysql, dialect: mysqlDialect, wait: 'sleep(20)' },
]

describe.each(databases)('$title', ({ make, kind, open, dialect, wait, title }) => {
  let world: World
  beforeAll(async () => {
    world = await make()
  })
  afterAll(() => world?.stop())

  const paid = { from: 'paid', time: 'seen', dimensions: { host: 'host', shop: 'shop_no' }, grid }
  const isPostgres = title === 'PostgreSQL'

  async function ask(options: Partial<AskOptions> & Pick<AskOptions, 'measure'>, address = world.reader) {
    const source = kind.open(address, { fetch: unshared })
    try {
      return await source.series(seriesAsk({ ...paid, ...options }))
    } finally {
      await source.close()
    }
  }
  const test = async (address: SourceAddress) => {
    const source = kind.open(address, { fetch: unshared })
    try {
      return await source.test()
    } finally {
      await source.close()
    }
  }

  it('takes a row at the end of a window into it, one at its begin into the one before, and none later', async () => {
    const { values, newest, spans } = await ask({ measure: { kind: 'counter', select: 'amount' } })
    expect(values).toEqual([
      {
        labels: {},
        samples: [
          [now - minute, 1.1],
          [now, 6.6],
        ],
      },
    ])
    expect(newest[0]!.samples.map(([t, seconds]) => [t, Math.round(seconds * 1000)])).toEqual([
      [now - 3 * minute, now - 3 * minute],
      [now - minute, now - 90_000],
      [now, now],
    ])
    expect(spans).toEqual([{ from: grid[0], to: now, windowSeconds: 60 }])
  })

  it('tells letters of another case apart, takes NULL for no label, and filters by numbers', async () => {
    const { values } = await ask({ measure: { kind: 'counter', select: '*' }, groupBy: ['host'], grid: [now] })
    expect(new Map(values.map(({ labels, samples }) => [labels.host, samples[0]![1]]))).toEqual(
      new Map([
        ['', 1],
        ['A', 1],
        ['a', 1],
      ]),
    )
    const lower = await ask({ measure: { kind: 'counter', select: '*' }, where: { host: ['a'] }, grid: [now] })
    expect(lower.values[0]!.samples).toEqual([[now, 1]])
    const none = await ask({ measure: { kind: 'counter', select: '*' }, where: { host: [''] }, grid: [now] })
    expect(none.values[0]!.samples).toEqual([[now, 1]])
    const shop = await ask({ measure: { kind: 'counter', select: '*' }, where: { shop: ['8'] }, grid: [now] })
    expect(shop.values[0]!.samples).toEqual([[now, 1]])
    const not = await ask({ measure: { kind: 'counter', select: '*{host!="a"}' }, grid: [now] })
    expect(not.values[0]!.samples).toEqual([[now, 2]])
    const upper = await ask({ measure: { kind: 'counter', select: '*{host=~"[A-Z]"}' }, grid: [now] })
    expect(upper.values[0]!.samples).toEqual([[now, 1]])
  })

  it('has no value for rows without one, and exact quantiles of the others', async () => {
    const nothing = await ask({ measure: { kind: 'gauge', select: 'amount{id="6"}', aggregate: 'max' } })
    expect(nothing.values).toEqual([])
    const median = await ask({ measure: { kind: 'histogram', select: 'amount', quantile: 0.5 }, grid: [now] })
    expect(median.values[0]!.samples).toEqual([[now, 3.3]])
  })

  it('shows the statement that it ran, with its values, and the statement gives the same', async () => {
    const { expression, values } = await ask({
      measure: { kind: 'counter', select: String.raw`amount{note!="\\'; DROP TABLE paid; --"}` },
      where: { shop: ['7', "' OR ''='"] },
      grid: [now],
    })
    await world.run(isPostgres ? "SET TIME ZONE 'UTC'" : "SET time_zone = '+00:00'")
    const again: unknown = await world.run(expression)
    expect(JSON.stringify(again)).toContain(String(values[0]!.samples[0]![1]))
    expect(values[0]!.samples).toEqual([[now, 2.2]])
  })

  it.each<[Partial<AskOptions>, string, RegExp]>([
    [{ from: 'absent' }, 'source-refused', /no table "absent" that may be read/],
    [{ from: 'a.b.c' }, 'bad-query', /names no table/],
    [{ time: 'sen' }, 'bad-query', /no column "sen"/],
    [{ time: 'host' }, 'bad-query', /not a time/],
    [{ measure: { select: 'note' } }, 'bad-query', /not a number/],
    [{ measure: { select: 'amont' } }, 'bad-query', /no column "amont"/],
    [{ measure: { kind: 'gauge', select: '*' } }, 'bad-query', /have no value/],
    [{ measure: { select: '*{hst="a"}' } }, 'bad-query', /no column "hst"/],
    [{ measure: { select: '*{host=~"(a+)+"}' } }, 'bad-query', /a group is repeated/],
    [{ where: { host: Array.from({ length: 10_001 }, (_, index) => `h${index}`) } }, 'query-too-large', /10000 values/],
  ])('refuses %.60j', async (options, code, message) => {
    const refused = ask({ measure: { kind: 'counter', select: '*' }, ...options })
    await expect(refused).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
      fix: expect.any(String),
    })
  })

  it('cannot write, whoever asks', async () => {
    const database = open(world.owner)
    const statement = isPostgres
      ? 'WITH x AS (INSERT INTO line VALUES (1, 1) RETURNING id) SELECT id FROM x'
      : 'INSERT INTO line VALUES (1, 1)'
    await expect(database.query(raw(statement))).rejects.toMatchObject({
      code: 'source-refused',
      message: expect.stringMatching(/read.only/i),
    })
    await database.close()
    expect(JSON.stringify(await world.run('SELECT count(*) AS n FROM line'))).toMatch(/"n":"?0/)
  })

  it('stops a statement that takes too long, and answers the next', async () => {
    const database = open(world.reader, { statementSeconds: 1, connectSeconds: 5, bytes: 1_000 })
    await expect(database.query(raw(`SELECT ${wait}`))).rejects.toMatchObject({
      code: 'query-too-large',
      message: expect.stringMatching(/within 1 s/),
    })
    expect(await database.query(raw('SELECT 1'))).toHaveLength(1)
    await database.close()
  })

  it('stops a statement at the database when nobody waits any more', async () => {
    const database = open(world.reader)
    const gone = new AbortController()
    const asked = database.query(raw(`SELECT ${wait}`), gone.signal)
    const running = async () => {
      const found = await world.run(
        isPostgres
          ? "SELECT count(*)::text AS n FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT pg_sleep(20)%'"
          : "SELECT concat(count(*)) AS n FROM information_schema.processlist WHERE info LIKE 'SELECT sleep(20)%'",
      )
      return /"n":"1"/.test(JSON.stringify(found))
    }
    await vi.waitUntil(running, { timeout: 5_000 })
    gone.abort(new Error('the run was cancelled'))
    await expect(asked).rejects.toThrow('the run was cancelled')
    await vi.waitUntil(async () => !(await running()), { timeout: 5_000 })
    expect(await database.query(raw('SELECT 1'))).toHaveLength(1)
    await database.close()
  })

  it('never calls a link-local address', async () => {
    const { protocol } = new URL(world.reader.url)
    for (const host of ['169.254.169.254', '[::ffff:169.254.169.254]', '2852039166'])
      expect(await test({ ...world.reader, url: `${protocol}//${host}/shop` })).toMatchObject({
        ok: false,
        message: expect.stringMatching(/never called/),
      })
  })

  it('stops an answer that is too long, and answers the next', async () => {
    const database = open(world.reader, { statementSeconds: 20, connectSeconds: 5, bytes: 1_000_000 })
    const endless = isPostgres
      ? "SELECT repeat('x', 1000) FROM generate_series(1, 10000000)"
      : "SELECT repeat('x', 1000) FROM seq_1_to_10000000"
    await expect(database.query(raw(endless))).rejects.toMatchObject({ code: 'query-too-large', retryable: false })
    expect(await database.query(raw('SELECT 1'))).toHaveLength(1)
    await database.close()
  })

  it('says how a connection is, and what is wrong with it', async () => {
    expect(await test(world.reader)).toMatchObject({
      ok: true,
      detail: expect.stringMatching(/2 tables and views can be read\.$/),
    })
    expect(await test(world.owner)).toMatchObject({ ok: true, detail: expect.stringMatching(/can also write/) })
    const url = new URL(world.reader.url)
    const elsewhere = { ...world.reader, url: `${url.protocol}//127.0.0.1:${await freePort()}/shop` }
    expect(await test(elsewhere)).toMatchObject({ ok: false, message: expect.stringMatching(/nothing listens there/) })
    expect(await test({ ...world.reader, url: `${url.protocol}//nowhere.invalid/shop` })).toMatchObject({
      ok: false,
      message: expect.stringMatching(/cannot be reached/),
    })
    const wrong = await test({ ...world.reader, secret: 'reader:wrong-word' })
    expect(wrong).toMatchObject({
      ok: false,
      message: expect.stringMatching(/refused the user "reader" or the password/),
    })
    const missing = await test({ ...world.owner, url: `${url.protocol}//${url.host}/nowhere` })
    expect(missing).toMatchObject({ ok: false, message: expect.stringMatching(/no database/) })
    const strange = await test(world.stranger)
    expect(strange).toMatchObject({
      ok: false,
      message: expect.stringMatching(isPostgres ? /none of its 2 tables/ : /no database|none of/),
    })
    expect(await test({ ...world.reader, url: `${world.reader.url}?sslmode=require` })).toMatchObject({
      ok: false,
      message: expect.stringMatching(/does not encrypt its connections/),
    })
    expect(await test({ ...world.reader, url: 'nonsense' })).toMatchObject({ ok: false })
    for (const said of [wrong, missing, strange]) expect(JSON.stringify(said)).not.toMatch(/hidden-word|wrong-word/)
  })

  it('gives up on what does not speak, or speaks nonsense', async () => {
    const talks: ((server: Server) => Server)[] = [
      (server) => server,
      (server) => server.on('connection', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
      (server) => server.on('connection', (socket) => socket.destroy()),
    ]
    for (const talk of talks) {
      const server = talk(createServer((socket) => socket.on('error', () => undefined)))
      const port = await freePort()
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
      const { protocol } = new URL(world.reader.url)
      const address = { ...world.reader, url: `${protocol}//127.0.0.1:${port}/shop` }
      const database = open(address, { statementSeconds: 1, connectSeconds: 1, bytes: 1_000 })
      await expect(database.query(raw('SELECT 1'))).rejects.toMatchObject({
        name: 'DataError',
        message: expect.not.stringMatching(/hidden-word/),
      })
      await database.close()
      server.close()
    }
  })

  it('answers many questions at once with few connections', async () => {
    const source = sqlSource(open(world.reader), { dialect, fetch: unshared })
    const question = seriesAsk({ ...paid, measure: { kind: 'counter', select: '*' } })
    const answers = await Promise.all(Array.from({ length: 40 }, () => source.series(question)))
    expect(new Set(answers.map((answer) => JSON.stringify(answer.values))).size).toBe(1)
    await source.close()
  })

  it('reads the schema with its keys, and the values of a column', async () => {
    const schema = openSchema(world.reader)
    const relations = await schema.relations()
    expect(relations.map(({ name }) => name)).toEqual(['line', 'paid'])
    const [line, own] = relations
    expect(own!.primaryKey).toEqual(['id'])
    expect(own!.columns.map((column) => [column.name, column.kind, column.nullable])).toEqual([
      ['id', 'number', false],
      ['seen', 'time', true],
      ['host', 'text', true],
      ['amount', 'number', true],
      ['shop_no', 'number', true],
      ['note', 'text', true],
    ])
    expect(line!.foreignKeys).toEqual([
      { columns: ['paid_id'], schema: own!.schema, relation: 'paid', references: ['id'] },
    ])
    expect(await schema.distinct(own!, 'host', 10)).toEqual({ values: ['a', 'A'], whole: true })
    expect(await schema.distinct(own!, 'host', 1)).toEqual({ values: ['a'], whole: false })
    await schema.close()
  })
})
