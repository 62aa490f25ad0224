/** Data services over HTTP, on a real metrics store; and the examples of docs/sdk.md, run against them. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { createDataService, loadModel, type OpenDataService } from '@tenon/data'
import { hasPython, sdkProject, type SdkProject } from '@tenon/data/sdk-project'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startRestServer, type RestServer } from '../../test/rest-server.ts'
import { openServer, type ServerWorld } from '../../test/server-world.ts'

const fromRoot = (path: string) => fileURLToPath(new URL(`../../../../../../${path}`, import.meta.url))

let world: ServerWorld
let rest: RestServer
let data: OpenDataService
let token: string
let project: SdkProject

beforeAll(async () => {
  world = await openServer()
  const url = process.env['TEST_METRICS_URL'] ?? ''
  data = createDataService({
    model: await loadModel(fromRoot('demo/model')),
    sources: async () => ({ kind: 'prometheus', url, secret: null }),
  })
  world.services.data = async () => data
  rest = await startRestServer(world.services)
  const owner = await world.db.users.create({ name: 'Ada', email: 'ada@example.com', role: 'viewer' })
  token = (await world.db.tokens.create({ name: 'sdk', role: 'viewer', userId: owner.id, expiresAt: null })).token
  project = sdkProject()
  project.write([{ path: 'package.json', text: '{ "type": "module" }' }])
})
afterAll(async () => {
  project?.remove()
  await rest?.close()
  await data?.close()
  await world?.close()
})

const get = (path: string) => rest.call('GET', path, { token })
const post = (path: string, body: unknown) => rest.call('POST', path, { token, body })

test('services are searched page by page', async () => {
  const found = await get('/api/v1/data/services?search=success+rate+payment+zone+A&kind=measure&limit=2')
  expect(found.body.items[0]).toMatchObject({ ref: 'payment.success-rate', where: { zone: 'A' } })
  const next = await get(
    `/api/v1/data/services?search=success+rate+payment+zone+A&kind=measure&limit=2&cursor=${found.body.next}`,
  )
  expect(next.body.items[0].ref).not.toBe('payment.success-rate')
  const all = new Set<string>()
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: { body: { items: { ref: string }[]; next: string | null } } = await get(
      `/api/v1/data/services?kind=entity&limit=20${cursor === '' ? '' : `&cursor=${cursor}`}`,
    )
    for (const { ref } of page.body.items) all.add(ref)
    cursor = page.body.next
  }
  expect(all.size).toBe(data.model.entities.length)
  expect((await get('/api/v1/data/services?kind=nothing')).status).toBe(400)
})

test('a service comes with the schema of what asks it', async () => {
  const { body } = await get('/api/v1/data/services/payment.success-rate')
  expect(body).toMatchObject({ unit: 'ratio', entity: 'payment', source: 'shop-metrics' })
  expect(body.schema.properties).toMatchObject({
    measure: { const: 'payment.success-rate' },
    where: { type: 'object' },
  })
  const missing = await get('/api/v1/data/services/payment.succes-rate')
  expect([missing.status, missing.body.code, missing.body.fix]).toEqual([
    404,
    'unknown-measure',
    'Did you mean "payment.success-rate"?',
  ])
})

test('a measure is asked with times as people write them', async () => {
  const { status, body } = await post('/api/v1/data/query', {
    measure: 'payment.success-rate',
    where: { zone: 'A' },
    from: '-10m',
    step: '1m',
    // Long before anything was stored: other tests write to the store as well.
    asOf: '2001-01-01T00:00:00Z',
  })
  expect(status).toBe(200)
  expect(body.series).toHaveLength(1)
  expect(body.series[0].points).toHaveLength(11)
  expect(body.query.stepSeconds).toBe(60)
  expect(body.series[0].points[0][1]).toBeNull()
  expect(body.quality.completeness).toBe(0)
})

test.each([
  [{ measure: 'payment.success-rate', from: 'yesterday' }, 400, 'bad-input'],
  [{ measure: 'payment.success-rate', from: '-1m', to: '-1h' }, 400, 'bad-query'],
  [{ measure: 'payment.success-rate', from: '-365d', step: 1 }, 400, 'query-too-large'],
  [{ measure: 'payment.success-rate', where: { nothing: 'A' } }, 404, 'unknown-dimension'],
  [{ measure: 'payment.success-rate', where: { zone: [] } }, 400, 'bad-input'],
  [{ measure: 'payment"} or vector(1) #.x' }, 404, 'unknown-measure'],
  [{ measure: 'payment.success-rate', more: 1 }, 400, 'bad-input'],
] as const)('%j is refused with %i %s', async (body, status, code) => {
  const refused = await post('/api/v1/data/query', body)
  expect([refused.status, refused.body.code]).toEqual([status, code])
})

test('a filter that would be a query is a value that nobody has', async () => {
  const { status, body } = await post('/api/v1/data/query', {
    measure: 'payment.success-rate',
    where: { zone: 'A"} or vector(1) or x{a="' },
    from: '-5m',
  })
  expect(status).toBe(200)
  expect(body.series[0].points.every(([, value]: [number, number | null]) => value === null)).toBe(true)
})

test('entities by attributes, page by page; relations hop by hop', async () => {
  const hosts = await post('/api/v1/data/entities', {
    kind: 'host',
    where: { zone: 'A', service: 'payment' },
    limit: 2,
  })
  expect(hosts.body.items.map(({ id }: { id: string }) => id)).toEqual(['pay-a-1', 'pay-a-2'])
  expect(hosts.body.next).not.toBeNull()
  expect((await post('/api/v1/data/entities', {})).body.items.length).toBeGreaterThan(10)
  const { body } = await post('/api/v1/data/relations', { entity: 'payment', direction: 'upstream' })
  expect(body.links).toContainEqual(expect.objectContaining({ from: 'payment', to: 'risk', kind: 'calls', hops: 1 }))
  expect((await post('/api/v1/data/relations', { entity: 'nobody' })).body.code).toBe('unknown-entity')
})

test('only who has a token asks', async () => {
  for (const [method, path] of [
    ['GET', '/api/v1/data/services'],
    ['GET', '/api/v1/data/services/payment.success-rate'],
    ['GET', '/api/v1/data/sdk?language=typescript'],
    ['POST', '/api/v1/data/query'],
    ['POST', '/api/v1/data/entities'],
    ['POST', '/api/v1/data/relations'],
  ] as const)
    expect((await rest.call(method, path, method === 'POST' ? { body: {} } : {})).status).toBe(401)
})

const examples = async (language: string): Promise<string[]> => {
  const text = await readFile(fromRoot('docs/sdk.md'), 'utf8')
  const found = [...text.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, 'g'))].map(([, code]) => code ?? '')
  // A checker that looks at nothing must fail.
  expect(found.length).toBeGreaterThan(1)
  return found
}
const python = await hasPython()
const server = () => ({ TENON_URL: rest.url, TENON_TOKEN: token })

describe('examples of docs/sdk.md', () => {
  test('TypeScript compiles and runs', { timeout: 120_000 }, async () => {
    const { body } = await get('/api/v1/data/sdk?language=typescript')
    project.write(body.files.map(({ path, text }: { path: string; text: string }) => ({ path: `sdk/${path}`, text })))
    const codes = await examples('ts')
    project.write(codes.map((text, at) => ({ path: `example-${at}.ts`, text })))
    const names = codes.map((_, at) => `example-${at}.ts`)
    expect(await project.typeCheck(...names)).toBe('')
    const said = await Promise.all(names.map((name) => project.node(name, server())))
    // Whether the store holds something of the last hour depends on the tests before.
    expect(said[0]).toMatch(/^(null|[01](\.\d+)?) ratio \d+ % of the data was there/)
    expect(said[1]).toMatch(/pay-a-1[^]*payment calls risk/)
    expect(said[2]).toContain('unknown-measure')
  })

  test.skipIf(!python)('Python runs', { timeout: 120_000 }, async () => {
    const { body } = await get('/api/v1/data/sdk?language=python')
    project.write(body.files)
    const codes = await examples('python')
    project.write(codes.map((text, at) => ({ path: `example_${at}.py`, text })))
    const said = await Promise.all(codes.map((_, at) => project.python(`example_${at}.py`, server())))
    expect(said[0]).toMatch(/^(None|[01](\.\d+)?) ratio [01]/)
    expect(said[1]).toMatch(/pay-a-1[^]*risk[^]*unknown-measure/)
  })
})

test('only the domains that are asked for are in an SDK', async () => {
  const { body } = await get('/api/v1/data/sdk?language=json-schema&domain=database')
  expect(body.files.map(({ path }: { path: string }) => path)).toEqual(['database.schema.json'])
  expect((await get('/api/v1/data/sdk?language=python&domain=nothing')).body.code).toBe('unknown-domain')
  expect((await get('/api/v1/data/sdk?language=cobol')).status).toBe(400)
})
