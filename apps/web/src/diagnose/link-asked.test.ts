import { expect, test } from 'vitest'
import { askedOf } from './link-asked.ts'

const read = (query: string) => askedOf(new URLSearchParams(query))

test('a link names one thing, and what is known of it', () => {
  expect(read('chain=card-payment')).toEqual({ subject: { kind: 'chain', id: 'card-payment' }, about: {} })
  expect(read('entity=payment&symptom=latency&at=2026-03-01T10:00:00Z')).toEqual({
    subject: { kind: 'entity', id: 'payment' },
    about: { symptom: 'latency', at: '2026-03-01T10:00:00.000Z' },
  })
  expect(
    read('measure=payment.latency-p95&f=zone:A&f=host:a:1&since=1772359200000&until=2026-03-01T12:00:00%2B01:00'),
  ).toEqual({
    subject: { kind: 'measure', id: 'payment.latency-p95', where: { zone: 'A', host: 'a:1' } },
    about: { since: '2026-03-01T10:00:00.000Z', until: '2026-03-01T11:00:00.000Z' },
  })
})

test.each([
  ['', 'names no chain'],
  ['chain=', 'names no chain'],
  ['chain=a&alert=b', 'names chain and alert'],
  ['chain=a&symptom=sadness', '"sadness" is no symptom'],
  ['chain=a&at=yesterday', '"yesterday" is no time'],
  ['chain=a&at=2026-13-01T10:00:00Z', 'is no time'],
])('"%s" is told: %s', (query, told) => {
  expect(read(query)).toContain(told)
})
