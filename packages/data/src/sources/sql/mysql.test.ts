import { expect, it } from 'vitest'
import { mysqlColumnKind, mysqlDialect } from './mysql-dialect.ts'
import { openMysql } from './mysql.ts'
import { bound, shown } from './sql-text.ts'

it('does not call a server whose certificate it could not compare with a name', async () => {
  const database = openMysql({
    kind: 'mysql',
    url: 'mysql://127.0.0.1:1/shop?sslmode=verify-full',
    secret: 'me:hidden',
  })
  expect(await database.test()).toMatchObject({
    ok: false,
    message: 'mysql://127.0.0.1:1/shop has no name that its certificate could be compared with.',
  })
  await database.close()
})

it('finds plain values by an index, and compares bytes', () => {
  const host = { name: 'ho`st', type: 'varchar', kind: 'text' } as const
  const placeholder = mysqlDialect.placeholder.bind(mysqlDialect)
  expect(bound(mysqlDialect.isOneOf(host, ['a']), placeholder)).toEqual({
    text: "(`ho``st` IN (?) AND CAST(CONVERT(IFNULL(`ho``st`, '') USING utf8mb4) AS BINARY) IN (CAST(? AS BINARY)))",
    values: [
      { type: 'text', value: 'a' },
      { type: 'text', value: 'a' },
    ],
  })
  // What no latin1 column could be compared with, and what NULL stands for, is compared as bytes only.
  for (const value of ['', 'é', '🚀'])
    expect(bound(mysqlDialect.isOneOf(host, [value]), placeholder).text).not.toMatch(/^\(/)
})

it('shows values so that they can be run by hand', () => {
  const host = { name: 'host', type: 'varchar', kind: 'text' } as const
  expect(shown(mysqlDialect.isOneOf(host, ["\\'; DROP TABLE x; -- é"]), (value) => mysqlDialect.literal(value))).toBe(
    "CAST(CONVERT(IFNULL(`host`, '') USING utf8mb4) AS BINARY) IN (CAST('\\\\''; DROP TABLE x; -- é' AS BINARY))",
  )
})

it.each([
  ['decimal', 'number'],
  ['BIGINT', 'number'],
  ['enum', 'text'],
  ['datetime', 'time'],
  ['timestamp', 'time'],
  ['json', 'other'],
  ['blob', 'other'],
])('%s is %s', (type, kind) => {
  expect(mysqlColumnKind(type)).toBe(kind)
})
