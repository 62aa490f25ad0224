import { expect, it } from 'vitest'
import { hitAddress } from './hit-address.ts'

it('leads to the page of what was found, with the filter that was named', () => {
  expect(hitAddress({ kind: 'measure', ref: 'payment.succeeded' })).toBe('/data/services/payment.succeeded')
  expect(hitAddress({ kind: 'measure', ref: 'payment.success-rate', where: { zone: 'A' } })).toBe(
    '/data/services/payment.success-rate?from=now-1h&to=now&f=zone%3AA',
  )
  expect(hitAddress({ kind: 'entity', ref: 'odd/id' })).toBe('/data/entities/odd%2Fid')
  expect(hitAddress({ kind: 'table', ref: 'payment' })).toBe('/data?q=payment&kind=measure')
  expect(hitAddress({ kind: 'chain', ref: 'card-payment' })).toBe('/')
})
