import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Model } from '../model/model.ts'
import type { Cluster } from '../sources/kubernetes/read-cluster.ts'
import { thingsOfCatalogue } from './backstage-reader.ts'
import { discover } from './discover.ts'
import { joinRules } from './join-rules.ts'
import { thingsOfCluster } from './kubernetes-reader.ts'
import { openReader } from './open-reader.ts'
import type { ThingsReader } from './readers.ts'
import { parseAllDocuments } from 'yaml'

const read = (reader: ThingsReader, known: Model | null = null) =>
  discover(reader, { rules: joinRules([]), known, written: new Set() })
const linksOf = ({ relations }: Pick<Model, 'relations'>) =>
  relations.map(({ from, kind, to, by }) => `${from} ${kind} ${to} (${by})`)

const catalogue = `
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: payment, title: Payment service }
spec: { type: service, owner: group:default/payments, lifecycle: production, system: shop, dependsOn: [resource:payment-db, component:risk], consumesApis: [stock-api] }
---
kind: Component
metadata: { name: stock }
spec: { type: service, owner: inventory, providesApis: [stock-api] }
---
kind: Component
metadata: { name: risk }
spec: { type: service, owner: risk }
---
kind: Resource
metadata: { name: payment-db }
spec: { type: database, owner: payments }
---
kind: API
metadata: { name: stock-api }
spec: { type: openapi, owner: inventory }
---
kind: System
metadata: { name: shop, title: The shop }
spec: { owner: platform }
---
kind: Group
metadata: { name: payments }
`

const inMemory = (text: string, source: string): ThingsReader => ({
  shape: 'things',
  source,
  things: async () => ({
    ...thingsOfCatalogue(parseAllDocuments(text).map((one) => one.toJS() as unknown)),
    whole: true,
  }),
})

describe('a Backstage catalogue', () => {
  it('gives entities with owners, and what depends on what', async () => {
    const { content, notes } = await read(inMemory(catalogue, 'catalogue'))
    expect(notes).toEqual([])
    expect(content.entities.find(({ id }) => id === 'payment')).toEqual({
      id: 'payment',
      kind: 'service',
      title: 'Payment service',
      owner: 'payments',
      attributes: { lifecycle: 'production', system: 'shop' },
      from: 'catalogue',
    })
    expect(content.entities.map(({ kind, id }) => `${kind} ${id}`)).toContain('database payment-db')
    expect(linksOf(content)).toEqual([
      'payment calls risk (catalogue: catalogue dependsOn)',
      'payment calls stock (catalogue: catalogue consumesApis)',
      'payment part-of shop (catalogue: catalogue system)',
      'payment stores-in payment-db (catalogue: catalogue dependsOn)',
      'stock-api part-of stock (catalogue: catalogue providesApis)',
    ])
  })

  it('says nothing twice that another source says, and leaves that its own', async () => {
    const first = await read({
      shape: 'things',
      source: 'metrics',
      things: async () => ({
        things: ['payment', 'risk'].map((name) => ({ kind: 'service', name, attributes: {} })),
        links: [
          {
            from: { kind: 'service', name: 'payment' },
            to: { kind: 'service', name: 'risk' },
            kind: 'calls',
            by: 'graph',
          },
        ],
        whole: true,
        notes: [],
      }),
    })
    const { content } = await read(inMemory(catalogue, 'catalogue'), first.content)
    expect(content.entities.map(({ id }) => id)).not.toContain('risk')
    expect(linksOf(content).filter((text) => text.startsWith('payment calls risk'))).toEqual([])
  })

  it('leaves out what it cannot read, and says so', async () => {
    const { notes } = await read(inMemory('kind: Component\nmetadata: {}\n', 'catalogue'))
    expect(notes).toEqual(['1 entries of the catalogue could not be read and were left out.'])
  })

  it('what is not in it any more is left out, so that its removal is proposed', async () => {
    const first = await read(inMemory(catalogue, 'catalogue'))
    const less = catalogue.replace(/---\nkind: Component\nmetadata: \{ name: risk \}\n.*\n/, '')
    const again = await read(inMemory(less, 'catalogue'), first.content)
    expect(again.content.entities.map(({ id }) => id)).not.toContain('risk')
    expect(again.content.entities.map(({ id }) => id)).toContain('payment')
    expect(linksOf(again.content).join()).not.toContain('risk')
  })
})

describe('a catalogue in files', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tenon-catalogue-'))
    vi.stubEnv('TENON_FILES_DIR', folder)
  })
  afterEach(async () => {
    vi.unstubAllEnvs()
    await rm(folder, { recursive: true })
  })
  const open = (url: string) => openReader({ name: 'git', kind: 'files', url, secret: null }, 0) as ThingsReader

  it('is the catalog-info.yaml files of a folder', async () => {
    await writeFile(join(folder, 'catalog-info.yaml'), catalogue)
    const { content, whole } = await read(open(folder))
    expect(whole).toBe(true)
    expect(content.entities.map(({ id }) => id)).toContain('payment')
  })

  it('without one of them nothing is said to be gone; what is no YAML, or lies elsewhere, is refused', async () => {
    const { whole, notes } = await read(open(folder))
    expect(whole).toBe(false)
    expect(notes).toEqual(['git has no catalog-info.yaml below its folder.'])
    await writeFile(join(folder, 'catalog-info.yaml'), 'a: [b')
    await expect(read(open(folder))).rejects.toThrow(/catalog-info\.yaml is no YAML/)
    await expect(read(open(tmpdir()))).rejects.toThrow(/not below the folder/)
  })
})

describe('a catalogue over its API', () => {
  it('is read page by page to its end', async () => {
    const items = ['a', 'b', 'c'].map((name) => ({ kind: 'Component', metadata: { name }, spec: { type: 'service' } }))
    const asked: string[] = []
    const server = createServer((request, response) => {
      const url = new URL(request.url ?? '', 'http://x')
      asked.push(url.search)
      const at = Number(url.searchParams.get('cursor') ?? 0)
      const pageInfo = at + 1 < items.length ? { nextCursor: String(at + 1) } : {}
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ items: [items[at]], totalItems: items.length, pageInfo }))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
    try {
      const { content, whole } = await read(
        openReader({ name: 'backstage', kind: 'backstage', url, secret: null }, 0) as ThingsReader,
      )
      expect(whole).toBe(true)
      expect(content.entities.map(({ id }) => id)).toEqual(['a', 'b', 'c'])
      expect(asked).toEqual(['?limit=500', '?cursor=1', '?cursor=2'])
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })
})

const about = { namespace: 'shop', labels: {}, annotations: {} }
const cluster: Cluster = {
  deployments: [
    {
      ...about,
      name: 'pay',
      labels: { team: 'payments' },
      selector: { app: 'pay' },
      replicas: 2,
      ready: 2,
      available: 2,
      updated: 2,
    },
    { ...about, name: 'risk', selector: { app: 'risk' }, replicas: 1, ready: 1, available: 1, updated: 1 },
  ],
  pods: [
    {
      ...about,
      name: 'pay-1',
      phase: 'Running',
      node: 'n-1',
      ready: true,
      restarts: 0,
      owner: { kind: 'Deployment', name: 'pay' },
    },
    {
      ...about,
      name: 'risk-1',
      labels: { app: 'risk' },
      phase: 'Running',
      node: 'n-2',
      ready: true,
      restarts: 0,
      owner: null,
    },
    { ...about, name: 'job-1', phase: 'Succeeded', node: 'n-2', ready: false, restarts: 0, owner: null },
    { ...about, name: 'alone', phase: 'Running', node: null, ready: false, restarts: 0, owner: null },
  ],
  services: [],
  nodes: [
    {
      ...about,
      name: 'n-1',
      namespace: '',
      labels: { 'topology.kubernetes.io/zone': 'a' },
      ready: true,
      schedulable: true,
    },
    { ...about, name: 'n-2', namespace: '', ready: true, schedulable: true },
  ],
}

describe('a Kubernetes cluster', () => {
  it('says what runs where by owners and selectors', async () => {
    const { content } = await read({
      shape: 'things',
      source: 'k8s',
      things: async () => ({ ...thingsOfCluster(cluster), whole: true, notes: [] }),
    })
    expect(content.entities.find(({ id }) => id === 'pay')).toMatchObject({ kind: 'service', owner: 'payments' })
    expect(content.entities.find(({ id }) => id === 'pay-1')?.attributes).toEqual({
      namespace: 'shop',
      service: 'pay',
      host: 'n-1',
      zone: 'a',
    })
    expect(linksOf(content)).toEqual([
      'n-1 runs-on zone-a (k8s: node label topology.kubernetes.io/zone)',
      'pay part-of shop (k8s: namespace)',
      'pay runs-on pay-1 (k8s: owner reference)',
      'pay-1 runs-on n-1 (k8s: node of the pod)',
      'risk part-of shop (k8s: namespace)',
      'risk runs-on risk-1 (k8s: selector)',
      'risk-1 runs-on n-2 (k8s: node of the pod)',
    ])
    expect(content.entities.map(({ id }) => id)).not.toContain('job-1')
  })
})
