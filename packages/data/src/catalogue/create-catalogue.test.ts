import fc from 'fast-check'
import { expect, test } from 'vitest'
import { indexModel } from '../model/model-index.ts'
import { modelFile, type Model } from '../model/model.ts'
import { createCatalogue } from './create-catalogue.ts'
import type { CatalogueAsk } from './search-index.ts'

const measures = {
  attempts: { title: 'Attempts', kind: 'counter', unit: 'requests/min', bad: 'down', select: 'shop_requests_total' },
  errors: {
    title: 'Errors and time-outs',
    kind: 'counter',
    unit: 'requests/min',
    bad: 'up',
    select: 'shop_requests_total{outcome="error"}',
  },
  'success-rate': {
    title: 'Success rate',
    kind: 'ratio',
    unit: 'ratio',
    bad: 'down',
    of: 'shop_requests_total{outcome="ok"}',
    per: 'shop_requests_total',
  },
  'latency-p95': {
    title: 'Latency p95',
    kind: 'histogram',
    unit: 's',
    bad: 'up',
    quantile: 0.95,
    select: 'shop_request_seconds_bucket',
  },
}

/** Services told of by one table of each, and one database with a table of its own. */
const shop: Model = modelFile.parse({
  tenonModel: 1,
  entities: [
    ...['gateway', 'payment', 'stock', 'checkout'].map((id) => ({ id, kind: 'service', owner: `${id}-team` })),
    { id: 'payment-db', kind: 'database', title: 'Payment database' },
    { id: 'zone-A', kind: 'zone', title: 'Zone A', attributes: { zone: 'A' } },
    // As many as a shop has: each is of payment and in zone A, and none is what is asked of.
    ...Array.from({ length: 40 }, (_, n) => ({
      id: `pay-a-${n + 1}`,
      kind: 'host',
      attributes: { service: 'payment', zone: 'A' },
    })),
  ],
  tables: {
    requests: {
      each: 'service',
      source: 'metrics',
      dimensions: { service: 'service', zone: 'zone', host: 'instance' },
      measures,
    },
    'payment-db': {
      entity: 'payment-db',
      source: 'metrics',
      measures: {
        utilisation: {
          title: 'Connection utilisation',
          kind: 'gauge',
          unit: 'ratio',
          bad: 'up',
          select: 'shop_db_connections_in_use',
        },
      },
    },
    machine: {
      each: 'host',
      source: 'metrics',
      dimensions: { host: 'instance' },
      measures: {
        'cpu-busy': { title: 'CPU busy', kind: 'gauge', unit: 'ratio', bad: 'up', select: 'node_cpu_seconds' },
        memory: { title: 'Memory used', kind: 'gauge', unit: 'bytes', bad: 'up', select: 'node_memory_used_bytes' },
      },
    },
  },
  relations: [{ from: 'gateway', to: 'payment', kind: 'calls' }],
  chains: [
    {
      id: 'card-payment',
      title: 'Card payment',
      steps: [
        { id: 'a', title: 'Gateway', entity: 'gateway', measure: 'gateway.attempts' },
        { id: 'b', title: 'Payment', entity: 'payment', measure: 'payment.attempts' },
      ],
    },
  ],
})

const catalogue = createCatalogue()
const find = async (text: string, more: Partial<CatalogueAsk> = {}) =>
  (await catalogue.search(shop, { text, limit: 20, ...more })).hits

test.each([
  ['success rate payment zone A', 'payment.success-rate'],
  ['payment success', 'payment.success-rate'],
  ['payment response time', 'payment.latency-p95'],
  ['p95 of the gateway', 'gateway.latency-p95'],
  ['failures stock', 'stock.errors'],
  ['throughput checkout', 'checkout.attempts'],
  ['gateway qps', 'gateway.attempts'],
  ['db saturation', 'payment-db.utilisation'],
  ['payment database connections', 'payment-db.utilisation'],
  ['processor pay-a-1', 'pay-a-1.cpu-busy'],
  ['ram pay-a-1', 'pay-a-1.memory'],
  ['chekcout latencey', 'checkout.latency-p95'],
  ['gatew succ', 'gateway.success-rate'],
  ['payment.success-rate', 'payment.success-rate'],
  ['success rate service payment', 'payment.success-rate'],
  ['shop_requests_total error', 'requests.errors'],
])('"%s" finds %s first', async (text, ref) => {
  expect((await find(text, { kinds: ['measure'] }))[0]?.ref).toBe(ref)
})

test('a filter that the search names comes with the hit, as the value is written in the model', async () => {
  const [hit] = await find('success rate payment zone a')
  expect(hit).toMatchObject({ kind: 'measure', ref: 'payment.success-rate', where: { zone: 'A' }, unit: 'ratio' })
  expect((await find('gateway errors zone=A'))[0]).toMatchObject({ ref: 'gateway.errors', where: { zone: 'A' } })
  expect((await find('success rate payment zone Q'))[0]).not.toHaveProperty('where')
  // What the reference says already is not said twice.
  expect((await find('payment errors', { kinds: ['measure'] }))[0]).not.toHaveProperty('where')
  expect((await find('errors pay-a-1', { kinds: ['measure'] }))[0]).toMatchObject({
    ref: 'requests.errors',
    where: { host: 'pay-a-1' },
  })
})

test('an entity is found by its name, and behind it what can be asked of it', async () => {
  const hits = await find('payment')
  expect(hits[0]).toMatchObject({ kind: 'entity', ref: 'payment', subtitle: 'service · owner payment-team' })
  expect(hits.map(({ ref }) => ref)).toEqual(expect.arrayContaining(['payment.errors', 'payment-db', 'card-payment']))
  expect((await find('card payment'))[0]).toMatchObject({ kind: 'chain', ref: 'card-payment' })
})

test('kinds, pages and totals', async () => {
  expect((await find('payment', { kinds: ['chain'] })).map(({ kind }) => kind)).toEqual(['chain'])
  const all = await catalogue.search(shop, { text: '', limit: 3, kinds: ['measure'] })
  expect(all.total).toBe(7)
  expect(all.hits.map(({ ref }) => ref)).toEqual(['requests.attempts', 'requests.errors', 'requests.success-rate'])
  const next = await catalogue.search(shop, { text: '', limit: 3, offset: 3, kinds: ['measure'] })
  expect(next.hits[0]?.ref).toBe('requests.latency-p95')
  const [one, two] = [await find('payment', { limit: 2 }), await find('payment', { limit: 2, offset: 2 })]
  expect([...one, ...two]).toEqual(await find('payment', { limit: 4 }))
})

test.each(['qqqqzzzz', '!!!', '\u0000', '__proto__', 'constructor', 'toString.constructor', 'é'.repeat(9_000)])(
  'what nothing is called finds nothing: %j',
  async (text) => {
    expect(await catalogue.search(shop, { text, limit: 5 })).toMatchObject({ hits: [], total: 0 })
  },
)

test.each(['~latency', '=zone', 'zone A', '"payment"} or vector(1)'])(
  'marks are no part of a word: %j',
  async (text) => {
    expect((await find(text)).length).toBeGreaterThan(0)
  },
)

test('a part that a table of the same name hides is not offered under its reference', async () => {
  const hidden: Model = {
    ...shop,
    tables: {
      ...shop.tables,
      stock: {
        ...shop.tables['payment-db']!,
        entity: 'stock',
        measures: { errors: shop.tables['payment-db']!.measures['utilisation']! },
      },
    },
  }
  const { hits } = await createCatalogue().search(hidden, { text: 'stock errors', kinds: ['measure'], limit: 50 })
  const found = hits.filter(({ ref }) => ref === 'stock.errors')
  expect(found).toHaveLength(1)
  expect(found[0]).toMatchObject({ title: 'Connection utilisation' })
})

test('a search is narrowed to a source, or to a kind of entity', async () => {
  const two: Model = {
    ...shop,
    tables: {
      ...shop.tables,
      ledger: { ...shop.tables['requests']!, source: 'orders-db' },
    },
  }
  const own = createCatalogue()
  const all = await own.search(two, { text: 'attempts', limit: 50 })
  expect(all.groups).toEqual({
    sources: ['metrics', 'orders-db'],
    entityKinds: ['service', 'database', 'zone', 'host'],
  })
  const ledger = await own.search(two, { text: 'attempts', source: 'orders-db', limit: 50 })
  expect(ledger.hits[0]?.ref).toBe('ledger.attempts')
  expect(ledger.hits.every(({ ref }) => ref.startsWith('ledger.'))).toBe(true)
  const listed = await own.search(two, { text: '', source: 'orders-db', limit: 3 })
  expect(listed).toMatchObject({ total: Object.keys(measures).length + 1, hits: { length: 3 } })
  expect(listed.hits.every(({ ref }) => ref.startsWith('ledger'))).toBe(true)
  const zones = await own.search(two, { text: 'payment', entityKind: 'zone', limit: 5 })
  expect(zones.hits).toEqual([])
  const hosts = await own.search(two, { text: '', entityKind: 'host', limit: 5 })
  expect(hosts.total).toBe(40)
  expect((await own.search(two, { text: '', source: 'nowhere', limit: 5 })).total).toBe(0)
})

test('the index before answers until that of a new model is ready; then the new one does', async () => {
  const renamed: Model = { ...shop, entities: [...shop.entities, { id: 'refunds', kind: 'service', attributes: {} }] }
  const own = createCatalogue()
  const ask = { text: 'refunds', kinds: ['entity'] as const, limit: 5 }
  expect((await own.search(shop, ask)).hits).toEqual([])
  // Asked in the same turn, nothing can be ready yet; the answer says so.
  expect(await own.search(renamed, ask)).toMatchObject({ hits: [], outdated: true })
  await own.prepare(renamed)
  const newer = await own.search(renamed, ask)
  expect(newer.hits[0]?.ref).toBe('refunds')
  expect(newer.outdated).toBeUndefined()
})

test('a large model is indexed in slices: what else the process does goes on', async () => {
  const many: Model = {
    ...shop,
    entities: Array.from({ length: 20_000 }, (_, n) => ({
      id: `app-${n}`,
      kind: 'service',
      attributes: { zone: `z${n % 9}` },
    })),
  }
  let turns = 0
  const timer = setInterval(() => (turns += 1), 0)
  const { hits } = await createCatalogue().search(many, { text: 'app-19999 latency', limit: 1 })
  clearInterval(timer)
  expect(hits[0]?.ref).toBe('app-19999.latency-p95')
  expect(turns).toBeGreaterThan(3)
})

test('whatever is typed is answered, within the limit, and the same each time', async () => {
  const word = fc.oneof(fc.constantFrom('payment', 'zone', 'A', 'host', 'p95', 'errors', 'a', '=', '-'), fc.string())
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 14 }), fc.integer({ min: 1, max: 9 }), async (words, limit) => {
      const ask = { text: words.join(' '), limit }
      const answer = await catalogue.search(shop, ask)
      expect(answer.hits.length).toBeLessThanOrEqual(limit)
      expect(answer.total).toBeGreaterThanOrEqual(answer.hits.length)
      expect(new Set(answer.hits.map(({ kind, ref }) => `${kind} ${ref}`)).size).toBe(answer.hits.length)
      expect(await catalogue.search(shop, ask)).toEqual(answer)
      const measures = answer.hits.filter(({ kind }) => kind === 'measure')
      expect(measures.filter(({ ref }) => indexModel(shop).measure(ref) === null)).toEqual([])
    }),
    { numRuns: 300 },
  )
})
