import { expect, test } from 'vitest'
import { eventKey, matchTrigger } from './match-trigger.ts'

const event = { labels: { chain: 'card-payment', n: 3 }, body: { list: ['a'] } }

test('parameters are worked out of the event', () => {
  const params = {
    chain: '${event.labels.chain}',
    title: 'for ${event.labels.chain}',
    fixed: 4,
    list: ['${event.body.list[0]}', 'b'],
  }
  expect(matchTrigger({ params }, event)).toEqual({
    kind: 'run',
    params: { chain: 'card-payment', title: 'for card-payment', fixed: 4, list: ['a', 'b'] },
  })
})

test.each([
  ['event.labels.chain == "card-payment"', 'run'],
  ['event.labels.chain == "other"', 'filtered'],
  ['event.labels.nothing == "x"', 'rejected'],
  ['event.labels.chain', 'rejected'],
  ['has(event.labels.nothing)', 'filtered'],
  ['event.constructor == null', 'rejected'],
] as const)('when %s: %s', (when, kind) => {
  expect(matchTrigger({ when, params: {} }, event).kind).toBe(kind)
})

test('a parameter that cannot be worked out rejects the event and is named', () => {
  expect(matchTrigger({ params: { chain: '${event.nothing}' } }, event)).toEqual({
    kind: 'rejected',
    reason: expect.stringContaining('Parameter "chain"'),
  })
})

test('an expression that runs long is stopped', () => {
  const items = Array.from({ length: 5000 }, (_, index) => index)
  const slow = 'event.items.all(a, event.items.all(b, a + b >= 0))'
  expect(matchTrigger({ when: slow, params: {} }, { items })).toEqual({
    kind: 'rejected',
    reason: expect.stringContaining('steps'),
  })
})

test.each([
  [undefined, { ok: true, key: 'own' }],
  ['event.labels.chain + "/x"', { ok: true, key: 'card-payment/x' }],
  ['event.labels.n', { ok: true, key: '3' }],
  ['event.nothing', { ok: false }],
  ['event.labels', { ok: false }],
  ['""', { ok: false }],
])('key %s', (key, wanted) => {
  expect(eventKey({ key }, { id: 'own', event })).toMatchObject(wanted)
})
