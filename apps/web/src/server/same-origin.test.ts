import { expect, test } from 'vitest'
import { isOurHost } from './our-host.ts'
import { assertSameOrigin } from './same-origin.ts'

const local = 'http://127.0.0.1:3000'

test.each([{ origin: local }, { origin: 'http://localhost:3000' }, { 'sec-fetch-site': 'same-origin' }])(
  '%j is accepted',
  (headers) => {
    expect(() => assertSameOrigin(new Headers(Object.entries(headers)), local)).not.toThrow()
  },
)

test.each([
  {},
  { origin: 'null' },
  { origin: 'http://127.0.0.1:3001' },
  { origin: 'https://127.0.0.1:3000' },
  { origin: 'http://evil.example', 'sec-fetch-site': 'same-origin' },
  { 'sec-fetch-site': 'same-site' },
])('%j is refused', (headers) => {
  expect(() => assertSameOrigin(new Headers(Object.entries(headers)), local)).toThrow(
    expect.objectContaining({ problem: expect.objectContaining({ status: 403, code: 'other-origin' }) }),
  )
})

test.each([
  ['localhost:3000', true],
  ['[::1]:3000', true],
  ['Tenon.example', true],
  ['tenon.example:81', false],
  ['evil.example', false],
  ['localhost.evil.example', false],
  ['', false],
])('Host %j is ours: %s', (host, ours) => {
  expect(isOurHost(host, { TENON_PUBLIC_URL: 'https://tenon.example' })).toBe(ours)
})
