import { expect, test } from 'vitest'
import { shopModel } from '../../test/shop-history.ts'
import { goldenMeasures } from './golden-measures.ts'

const of = async (entity: string) =>
  goldenMeasures(await shopModel(), entity).map(({ aspect, ref, where }) => [aspect, ref, where])

test('a service: what is asked of it, what of that succeeds, how long it takes', async () => {
  expect(await of('payment')).toEqual([
    ['traffic', 'payment.attempts', {}],
    ['errors', 'payment.success-rate', {}],
    ['latency', 'payment.latency-p95', {}],
  ])
})

test('a database: how long one waits, and how full it is', async () => {
  expect(await of('payment-db')).toEqual([
    ['latency', 'payment-db.wait', {}],
    ['saturation', 'payment-db.utilisation', {}],
  ])
})

test('a host is a part of its service, a zone a part of all of them', async () => {
  const host = { host: 'pay-a-1' }
  expect(await of('pay-a-1')).toEqual([
    ['traffic', 'payment.attempts', host],
    ['errors', 'payment.success-rate', host],
    ['latency', 'payment.latency-p95', host],
  ])
  expect((await of('zone-A')).map(([aspect, ref, where]) => [aspect, ref, where])).toContainEqual([
    'errors',
    'shop-service.success-rate',
    { zone: 'A' },
  ])
})

test('a source has only traffic; what is not measured, or not there, has nothing', async () => {
  expect((await of('marketplace')).map(([aspect]) => aspect)).toEqual(['traffic'])
  expect(await of('shop')).toEqual([])
  expect(await of('nobody')).toEqual([])
})
