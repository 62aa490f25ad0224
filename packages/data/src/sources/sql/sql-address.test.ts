import { describe, expect, it } from 'vitest'
import { parseAddress } from './sql-address.ts'

const form = { protocols: ['postgres:', 'postgresql:'], port: 5432, example: 'postgres://db.example/shop' }
const parse = (url: string, secret: string | null = null) => parseAddress({ kind: 'postgres', url, secret }, form)

describe('parseAddress', () => {
  it('reads host, port, database and secret', () => {
    expect(parse('postgres://db.example/shop', 'tenon:se:cr:et')).toEqual({
      host: 'db.example',
      port: 5432,
      database: 'shop',
      user: 'tenon',
      password: 'se:cr:et',
      tls: 'disable',
      shown: 'postgres://db.example/shop',
    })
    expect(parse('postgresql://[::1]:6543/a%20b?sslmode=verify-full', 'tenon')).toMatchObject({
      host: '::1',
      port: 6543,
      database: 'a b',
      user: 'tenon',
      password: '',
      tls: 'verify-full',
    })
  })

  it('takes user and password of the address when there is no secret, and never shows them', () => {
    const address = parse('postgres://me:p%40ss@db.example:1/shop')
    expect(address).toMatchObject({ user: 'me', password: 'p@ss', shown: 'postgres://db.example:1/shop' })
    expect(parse('postgres://me:p%40ss@db.example:1/shop', 'other:word')).toMatchObject({
      user: 'other',
      password: 'word',
    })
  })

  it.each([
    'db.example',
    'http://db.example/shop',
    'postgres:///shop',
    'postgres://db.example',
    'postgres://db.example/a/b',
    'postgres://db.example/shop?sslmode=maybe',
    'postgres://db.example/shop?options=-c%20statement_timeout=0',
  ])('refuses %s', (url) => {
    expect(() => parse(url, 'me:hidden')).toThrow(expect.objectContaining({ code: 'source-refused' }))
    expect(() => parse(url, 'me:hidden')).not.toThrow(/hidden/)
  })
})
