import { createServer, type Server } from 'node:http'
import { afterEach, expect, it } from 'vitest'
import type { ModelText } from '../model/model-text.ts'
import { acceptChanges, runDiscovery } from './run-discovery.ts'

let server: Server | null = null
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
  server = null
})

/** A store of requests of these services. */
async function store(services: readonly string[], isPartial = false): Promise<string> {
  server?.close()
  server = createServer((request, response) => {
    const path = new URL(request.url ?? '', 'http://x').pathname
    const sets = services.map((service) => ({ __name__: 'shop_requests_total', service }))
    const data = path.endsWith('/series')
      ? sets
      : path.endsWith('/label/__name__/values')
        ? [...new Set(sets.map(({ __name__ }) => __name__))]
        : path.endsWith('/label/service/values')
          ? services
          : path.endsWith('/metadata')
            ? {}
            : []
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ status: 'success', data, isPartial }))
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
}

const run = (url: string, files: ModelText[]) =>
  runDiscovery({ name: 'm', kind: 'prometheus', url, secret: null }, { files, now: Date.now() })

const accepted = (files: ModelText[], { changes }: Awaited<ReturnType<typeof run>>): ModelText[] =>
  acceptChanges(files, changes).flatMap(({ path, text }) => (text === null ? [] : [{ path, text }]))

it('what is gone is proposed for removal only by a source that was read to its end', async () => {
  const files = accepted([], await run(await store(['pay', 'risk']), []))
  const gone = await run(await store(['pay']), files)
  expect(gone.changes.map(({ op, key }) => `${op} ${key}`)).toEqual(['remove entities/risk'])
  expect(gone.summary).toBe('Gone: 1.')
  const half = await run(await store(['pay'], true), files)
  expect(half.changes).toEqual([])
})

it('what another source says is not among the changes, and its file stays as it is', async () => {
  const other: ModelText = {
    path: 'generated/other.yaml',
    text: 'tenonModel: 1\nentities:\n  - {"id":"pay","kind":"service","owner":"payments","from":"other"}\n',
  }
  const found = await run(await store(['pay', 'risk']), [other])
  expect(found.changes.filter(({ section }) => section === 'entities').map(({ key }) => key)).toEqual(['entities/risk'])
  const written = acceptChanges([other], found.changes)
  expect(written.find(({ path }) => path === 'generated/m.yaml')?.text).not.toContain('"id":"pay"')
  expect(written.find(({ path }) => path === 'generated/other.yaml')?.text ?? other.text).toContain(
    '"owner":"payments"',
  )
})

it('a file that nothing is left for is removed, and what people wrote is never written', async () => {
  const people: ModelText = { path: 'own.yaml', text: 'tenonModel: 1\nentities:\n  - { id: mine, kind: system }\n' }
  const files = [people, ...accepted([people], await run(await store(['pay']), [people]))]
  const changes = (await run(await store(['pay']), files)).changes
  expect(changes).toEqual([])
  const removal = ['entities/pay', 'tables/shop-service', 'tables/shop-service/attempts'].map((key) => ({
    key,
    section: key.startsWith('entities') ? ('entities' as const) : ('tables' as const),
    op: 'remove' as const,
    title: key,
  }))
  expect(acceptChanges(files, removal)).toEqual([{ path: 'generated/m.yaml', text: null }])
})
