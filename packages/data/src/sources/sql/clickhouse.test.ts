/** ClickHouse as it answered when the conversation was recorded; what it says of errors that need a server of several users is written by hand. */
import { createServer } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exact, openConformance, type OpenConformance } from '../../../test/conformance/conformance.ts'
import { makeDataset } from '../../../test/conformance/dataset.ts'
import { rowsBinding } from '../../../test/conformance/measures.ts'
import { recordedCases, recordedEnd, replayClickhouse } from '../../../test/recorded/replay-clickhouse.ts'
import { clickhouseColumnKind } from './clickhouse-dialect.ts'
import { openClickhouse } from './clickhouse.ts'
import { openSchema } from './read-schema.ts'
import { raw } from './sql-text.ts'

describe('recorded conversation', () => {
  let replay: Awaited<ReturnType<typeof replayClickhouse>>
  let open: OpenConformance
  const address = () => ({ kind: 'clickhouse', url: `${replay.url}/conf`, secret: null })
  beforeAll(async () => {
    replay = await replayClickhouse()
    const binding = rowsBinding((relation) => `conf.${relation}`)
    open = openConformance(
      { name: 'ClickHouse', address: address(), binding, tolerance: exact },
      makeDataset(recordedEnd),
    )
  })
  afterAll(async () => {
    await open?.close()
    await replay?.stop()
  })

  it.each(recordedCases)('conforms: $title', async (one) => {
    expect(await open.problemOf(one)).toBeNull()
  })

  it('asks nothing but what was recorded', () => {
    expect(replay.unknown).toEqual([])
  })

  it('says how the connection is', async () => {
    const database = openClickhouse(address())
    expect(await database.test()).toEqual({
      ok: true,
      detail: expect.stringMatching(
        /^ClickHouse 26\.9\.2\.1 answers; 3 tables and views can be read\. The user can also write/,
      ),
    })
    await database.close()
  })

  it('passes on what the server says of a statement', async () => {
    const database = openClickhouse(address())
    await expect(database.query(raw('SELECT nothing FROM conf.events'))).rejects.toMatchObject({
      code: 'source-refused',
      message: expect.stringMatching(/nothing/),
    })
    await expect(database.query(raw('SELECT 1 FROM nowhere.events'))).rejects.toMatchObject({ code: 'source-refused' })
    expect(await database.columns({ schema: null, name: 'absent' })).toEqual([])
    await database.close()
  })

  it('ends an answer that is too long', async () => {
    const database = openClickhouse(address(), { statementSeconds: 5, connectSeconds: 5, bytes: 2_000 })
    await expect(database.query(raw("SELECT repeat('x', 100) FROM numbers(50)"))).rejects.toMatchObject({
      code: 'query-too-large',
      message: expect.stringMatching(/2000 bytes/),
    })
    await database.close()
  })

  it('reads the schema and the values of a column', async () => {
    const schema = openSchema(address())
    const relations = await schema.relations()
    expect(relations.map(({ name, rows, primaryKey }) => [name, rows !== null && rows > 1_000, primaryKey])).toEqual([
      ['calls', true, ['id', 'time']],
      ['events', true, ['id', 'time']],
      ['readings', true, ['id', 'time']],
    ])
    const events = relations.find(({ name }) => name === 'events')!
    expect(events.columns.map(({ name, kind }) => [name, kind])).toEqual([
      ['id', 'number'],
      ['time', 'time'],
      ['app', 'text'],
      ['host', 'text'],
      ['zone', 'text'],
      ['outcome', 'text'],
      ['requests', 'number'],
      ['amount', 'number'],
    ])
    expect(await schema.distinct(events, 'host', 10)).toEqual({
      values: ['h-x', 'h-a-1', 'h-a-2', 'h-b-1'],
      whole: true,
    })
    await schema.close()
  })
})

describe('errors', () => {
  /** Each statement is answered so. */
  async function answering(status: number, { code, body }: { code?: string; body: string }) {
    const asked: { url: string; authorization: string | undefined }[] = []
    const server = createServer((request, response) => {
      asked.push({ url: request.url ?? '', authorization: request.headers.authorization })
      request.resume()
      if (code !== undefined) response.setHeader('X-ClickHouse-Exception-Code', code)
      response.writeHead(status).end(body)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/shop`
    const database = openClickhouse({ kind: 'clickhouse', url, secret: 'reader:hidden-word' })
    const test = await database.test()
    await database.close()
    server.closeAllConnections()
    server.close()
    return { test, asked }
  }

  it.each([
    [
      '516',
      'Code: 516. DB::Exception: reader: Authentication failed: password is incorrect. (AUTHENTICATION_FAILED)',
      /refused the user "reader" or the password/,
    ],
    ['81', 'Code: 81. DB::Exception: Database shop does not exist. (UNKNOWN_DATABASE)', /no database/],
    [
      '497',
      'Code: 497. DB::Exception: reader: Not enough privileges. To execute this query, it is necessary to have the grant SELECT(x) ON shop.y. (ACCESS_DENIED)',
      /does not let the user "reader" read it: .*SELECT\(x\)/,
    ],
    ['159', 'Code: 159. DB::Exception: Timeout exceeded: elapsed 30.0 seconds. (TIMEOUT_EXCEEDED)', /within 30 s/],
    [
      '202',
      'Code: 202. DB::Exception: Too many simultaneous queries. Maximum: 100. (TOO_MANY_SIMULTANEOUS_QUERIES)',
      /no connection left/,
    ],
    ['62', 'Code: 62. DB::Exception: Syntax error near hidden-word. (SYNTAX_ERROR)', /refused the query: Syntax error/],
  ])('understands %s', async (code, body, message) => {
    const { test } = await answering(500, { code, body })
    expect(test).toMatchObject({ ok: false, message: expect.stringMatching(message) })
    expect(JSON.stringify(test)).not.toMatch(/hidden-word/)
  })

  it('knows that another kind of server answers', async () => {
    const { test } = await answering(200, { body: '<html>It works!</html>' })
    expect(test).toMatchObject({ ok: false, message: expect.stringMatching(/did not answer as ClickHouse does/) })
  })

  it('sends the password in a header only, and every statement as one that can only read', async () => {
    const { asked } = await answering(200, { body: '["0"]\n' })
    expect(asked.length).toBeGreaterThan(1)
    for (const { url, authorization } of asked) {
      expect(url).not.toMatch(/hidden-word/)
      expect(authorization).toBe(`Basic ${Buffer.from('reader:hidden-word').toString('base64')}`)
    }
    for (const { url } of asked.slice(1)) expect(new URL(url, 'http://x').searchParams.get('readonly')).toBe('1')
  })

  it('sets nothing where the user may set nothing', async () => {
    const { asked } = await answering(200, { body: '["1"]\n' })
    for (const { url } of asked.slice(1)) expect(url).not.toMatch(/readonly|max_execution_time/)
  })
})

it.each([
  ['LowCardinality(Nullable(String))', 'text'],
  ["Enum8('a' = 1, 'b' = 2)", 'text'],
  ['Nullable(Decimal(18, 4))', 'number'],
  ['UInt64', 'number'],
  ["DateTime64(3, 'Europe/Berlin')", 'time'],
  ['Date32', 'time'],
  ['Bool', 'boolean'],
  ['Array(String)', 'other'],
  ['UUID', 'other'],
])('%s is %s', (type, kind) => {
  expect(clickhouseColumnKind(type)).toBe(kind)
})
