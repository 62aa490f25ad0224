import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { withDuckDb } from './session.ts'

// Each question is a process of its own, which a busy machine starts slowly.
vi.setConfig({ testTimeout: 60_000 })

let folder: string
let allowed: string
let secret: string
const limits = { seconds: 30 }

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenon-session-'))
  allowed = join(folder, "it's allowed.csv")
  secret = join(folder, 'secret.csv')
  writeFileSync(allowed, 'a\n1\n')
  writeFileSync(secret, 'a\n2\n')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const run = (text: string, more: object = {}) =>
  withDuckDb({ files: [allowed], limits, ...more }, (session) => session.query(text, [], { maximumRows: 10 }))
const file = (path: string) => `'${path.replaceAll("'", "''")}'`

test('it reads the files that it was told', async () => {
  expect((await run(`SELECT a + 1 FROM read_csv(${file(allowed)})`)).rows).toEqual([[2]])
})

test.each([
  ['another file', () => `SELECT * FROM read_text(${file(secret)})`],
  ['a file of the system', () => "SELECT * FROM read_text('/etc/passwd')"],
  ['its own memory', () => "SELECT * FROM read_text('/proc/self/environ')"],
  ['a pattern', () => `SELECT * FROM read_csv(${file(join(folder, '*.csv'))})`],
  ['an address', () => "SELECT * FROM read_csv('http://127.0.0.1:1/x.csv')"],
  ['what it would write', () => `COPY (SELECT 1) TO ${file(join(folder, 'written.csv'))}`],
  ['a database', () => `ATTACH ${file(join(folder, 'new.db'))}`],
  ['an extension', () => 'INSTALL httpfs'],
  ['more memory', () => "SET memory_limit = '100GB'"],
  ['other files', () => `SET allowed_paths = [${file(secret)}]`],
  ['access', () => 'SET enable_external_access = true'],
])('it is not let at %s', async (_, statement) => {
  await expect(run(statement())).rejects.toMatchObject({ code: 'bad-query' })
  expect(readdirSync(folder).toSorted()).toEqual(["it's allowed.csv", 'secret.csv'])
})

test('what never ends is stopped at its deadline', async () => {
  const endless = 'SELECT count(*) FROM range(1000000000000) a, range(1000000) b WHERE a.range * b.range = 7'
  await expect(run(endless, { limits: { seconds: 2 } })).rejects.toMatchObject({
    code: 'query-too-large',
    message: expect.stringContaining('2 s'),
  })
})

test('whoever asked can stop it', async () => {
  const stop = new AbortController()
  const asked = run('SELECT count(*) FROM range(1000000000000) a, range(1000000) b', { signal: stop.signal })
  setTimeout(() => stop.abort(new Error('no more')), 300)
  await expect(asked).rejects.toThrow('no more')
})

test('what needs more than it may have is refused in words', async () => {
  const wide = 'SELECT list(range) FROM range(100000000)'
  const small = { seconds: 30, memoryMegabytes: 64, temporaryMegabytes: 1 }
  await expect(run(wide, { limits: small })).rejects.toMatchObject({ code: 'query-too-large' })
})

test('it gives no more rows than are asked for, and says that there are more', async () => {
  const answer = await run('SELECT range FROM range(1000)')
  expect([answer.rows.length, answer.isCut]).toEqual([10, true])
})

test('several at once wait for one another, and each leaves nothing behind', async () => {
  const answers = await Promise.all([1, 2, 3, 4].map((one) => run(`SELECT ${one}`)))
  expect(answers.map(({ rows }) => rows)).toEqual([[[1]], [[2]], [[3]], [[4]]])
})
