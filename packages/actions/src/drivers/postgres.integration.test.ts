/** Statements of a real PostgreSQL. */
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { describeDriver } from '../../test/conformance.ts'
import { EdgeWorld, freely, testScope } from '../../test/edge-world.ts'
import { startFaultProxy } from '../../test/fault-proxy.ts'
import { applyAction } from '../apply-action.ts'
import type { Driver, Intent } from '../driver.ts'
import { createPostgresDriver, statementTarget } from './postgres.ts'

const base = process.env.TEST_DATABASE_URL ?? ''
const database = `test_${randomBytes(6).toString('hex')}`
let admin: pg.Client
let client: pg.Client
let driver: Driver

beforeAll(async () => {
  admin = new pg.Client({ connectionString: base })
  await admin.connect()
  await admin.query(`CREATE DATABASE ${database}`)
  const url = new URL(base)
  url.pathname = `/${database}`
  client = new pg.Client({ connectionString: url.href })
  await client.connect()
  await client.query(
    `CREATE TABLE merchant (id int PRIMARY KEY, paused boolean NOT NULL);
     CREATE TABLE history (id serial PRIMARY KEY, merchant int NOT NULL);
     CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN INSERT INTO history (merchant) SELECT new.id FROM generate_series(1, 5); RETURN new; END $$;`,
  )
  driver = createPostgresDriver({ address: url.href, secret: null, timeoutMs: 10_000 })
})
afterAll(async () => {
  await client?.end()
  await admin?.query(`DROP DATABASE ${database} WITH (FORCE)`)
  await admin?.end()
})
beforeEach(async () => {
  await client.query(
    `DROP TRIGGER IF EXISTS noted ON merchant; TRUNCATE merchant, history;
     INSERT INTO merchant SELECT n, false FROM generate_series(1, 10) n`,
  )
})

type Statement = Extract<Intent, { kind: 'run-statement' }>
const pause = (more: Partial<Statement> = {}): Statement => ({
  kind: 'run-statement',
  target: statementTarget,
  statement: 'UPDATE merchant SET paused = true WHERE id <= $1',
  parameters: [2],
  maximumRows: 2,
  check: 'SELECT count(*) FROM merchant WHERE paused',
  expected: '2',
  ...more,
})
const paused = async () => Number((await client.query('SELECT count(*) AS n FROM merchant WHERE paused')).rows[0].n)
const check = async (intent = pause()) => (await driver.observe(statementTarget, undefined, intent)).values['check']

test('is done once, and its check reads it back', async () => {
  const { version } = await driver.observe(statementTarget, undefined, pause())
  expect(await check()).toBe('0')
  await driver.apply(pause(), { ...freely, expect: version })
  expect([await check(), await paused()]).toEqual(['2', 2])
  // Asked for again, nothing runs: this one would fail.
  await driver.apply(pause({ statement: 'UPDATE merchant SET id = NULL' }), freely)
  expect(await paused()).toBe(2)
})

test.each<[string, Partial<Statement>, object]>([
  ['more rows than allowed', { parameters: [3], expected: '3' }, { code: 'target-refused' }],
  ['a check that does not come true', { expected: '7' }, { code: 'target-refused' }],
  ['a statement that the database refuses', { statement: 'UPDATE nobody SET x = $1' }, { code: 'target-refused' }],
  [
    'two statements',
    { statement: 'UPDATE merchant SET paused = true; COMMIT', parameters: [] },
    { code: 'target-refused' },
  ],
  ['the end of its transaction', { statement: 'COMMIT', parameters: [] }, { code: 'bad-request' }],
  [
    'a WITH, whose rows are not counted',
    { statement: 'WITH x AS (SELECT 1) DELETE FROM merchant' },
    { code: 'bad-request' },
  ],
  ['a check that changes something', { check: 'DELETE FROM merchant' }, { code: 'bad-request' }],
  ['a check of many rows', { check: 'SELECT id FROM merchant' }, { code: 'bad-answer' }],
  [
    'a statement that takes too long',
    { statement: 'UPDATE merchant SET paused = (SELECT pg_sleep(5) IS NULL) WHERE id <= $1' },
    { code: 'target-unreachable' },
  ],
])('%s is rolled back', async (_, more, expected) => {
  await expect(driver.apply(pause(more), freely)).rejects.toMatchObject(expected)
  expect(await paused()).toBe(0)
})

test('rows that triggers change count', async () => {
  await client.query('CREATE TRIGGER noted AFTER UPDATE ON merchant FOR EACH ROW EXECUTE FUNCTION note()')
  await expect(driver.apply(pause(), freely)).rejects.toMatchObject({
    code: 'target-refused',
    message: expect.stringContaining('12 rows'),
  })
  expect(await paused()).toBe(0)
  await driver.apply(pause({ maximumRows: 12 }), freely)
  expect(await paused()).toBe(2)
})

test('what somebody changed since it was judged is not built upon, and a late process sends nothing', async () => {
  const { version } = await driver.observe(statementTarget, undefined, pause())
  await client.query('UPDATE merchant SET paused = true WHERE id = 9')
  await expect(driver.apply(pause(), { ...freely, expect: version })).rejects.toMatchObject({ code: 'stale' })
  const late = { ...freely, sendBefore: performance.now() - 1 }
  await expect(driver.apply(pause({ expected: '3' }), late)).rejects.toMatchObject({ code: 'stale' })
  expect(await paused()).toBe(1)
})

test('reading changes nothing, whatever the check calls', async () => {
  const intent = pause({ check: "SELECT nextval('history_id_seq')" })
  await expect(driver.observe(statementTarget, undefined, intent)).rejects.toMatchObject({ code: 'target-refused' })
  await expect(driver.observe('other', undefined, intent)).rejects.toMatchObject({ code: 'unknown-target' })
})

test('one that is away is said to be', async () => {
  const away = createPostgresDriver({ address: 'postgres://127.0.0.1:1/x', secret: 'a:b', timeoutMs: 500 })
  await expect(away.observe(statementTarget, undefined, pause())).rejects.toMatchObject({ code: 'target-unreachable' })
})

test('through the whole protocol it stays for good', async () => {
  const world = new EdgeWorld()
  const deps = {
    ...world.deps,
    targets: {
      of: async () => ({
        title: 'Pause',
        connection: 'shop-db',
        backend: statementTarget,
        driver,
        limits: world.policy.capacity,
      }),
      forConnection: async () => driver,
    },
  }
  const { kind: _kind, target: _target, ...of } = pause()
  const request = { kind: 'statement' as const, connection: 'shop-db', title: 'Pause two merchants', ...of }
  const none = { stepId: null, approvedHash: null, approvedBy: null }
  const action = await applyAction({ ...testScope, ...none, request, key: 's1' }, deps)
  expect(action).toMatchObject({
    status: 'kept',
    target: 'shop-db/sql',
    verification: [{ label: 'check', pass: true }],
  })
  expect(world.leases).toEqual([])
  expect(await paused()).toBe(2)
})

const dial = (value: string, more: Partial<Statement> = {}): Statement => ({
  kind: 'run-statement',
  target: statementTarget,
  statement: 'UPDATE dial SET value = $1 WHERE id = 1',
  parameters: [value],
  maximumRows: 1,
  check: 'SELECT value FROM dial WHERE id = 1',
  expected: value,
  ...more,
})

/** What a COMMIT is answered with: CommandComplete, and ReadyForQuery outside of a transaction. */
const committed = 'C\0\0\0\x0bCOMMIT\0Z\0\0\0\x05I'

describeDriver('PostgreSQL, behind a proxy that fails its COMMITs', async () => {
  const name = `test_${randomBytes(6).toString('hex')}`
  await admin.query(`CREATE DATABASE ${name}`)
  const direct = new URL(base)
  direct.pathname = `/${name}`
  const other = new pg.Client({ connectionString: direct.href })
  // The server ends it when the database is taken away.
  other.on('error', () => undefined)
  await other.connect()
  await other.query("CREATE TABLE dial (id int PRIMARY KEY, value text NOT NULL); INSERT INTO dial VALUES (1, 'low')")
  const proxy = await startFaultProxy({
    upstreamPort: Number(direct.port || 5432),
    // Nothing of a transaction is there before its COMMIT.
    kindOf: (text) => (text.includes('COMMIT\0') ? 'write' : text.includes('READ ONLY') ? 'read' : 'more'),
    doneAnswer: committed,
    endsAfterAnswer: false,
  })
  const at = (port: number): Driver => {
    const url = new URL(direct)
    url.hostname = '127.0.0.1'
    url.port = String(port)
    return createPostgresDriver({ address: url.href, secret: null, timeoutMs: 4000 })
  }
  return {
    driver: at(proxy.port),
    away: at(1),
    target: statementTarget,
    change: dial('high'),
    back: dial('low'),
    unknownTarget: 'other',
    refused: [
      dial('high', { statement: 'COMMIT' }),
      dial('high', { statement: 'DROP TABLE dial' }),
      dial('high', { check: 'DELETE FROM dial' }),
      dial('high', { target: statementTarget, statement: '' }),
      { kind: 'set-values', target: statementTarget, values: { limit: 5 } },
    ],
    writes: proxy.writes,
    fail: proxy.fail,
    cannot: { 'half-apply': 'A transaction is there as a whole or not at all.' },
    async touch() {
      await other.query("UPDATE dial SET value = 'middle' WHERE id = 1")
    },
    compares: true,
    async vanish() {
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`)
    },
    async close() {
      await other.end().catch(() => undefined)
      await proxy.close()
      await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    },
  }
})
