import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createSimulator, makeQueryable, postSeries, simulate } from '@tenon/demo'
import { findTool, metricsStorePart, metricsStoreUrl, metricsTool, Ports, Supervisor } from '@tenon/stack'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { prometheus } from '../../test/stored-samples.ts'
import { readModel } from '../model/load-model.ts'
import { indexModel } from '../model/model-index.ts'
import type { ModelText } from '../model/model-text.ts'
import { writeModelFile } from '../model/write-model.ts'
import { diffModels, type ModelChange } from './diff-models.ts'
import { discover } from './discover.ts'
import { joinRules } from './join-rules.ts'
import { prometheusReader } from './prometheus-reader.ts'
import { acceptChanges, runDiscovery } from './run-discovery.ts'

/** A store with nothing but the shop: others' metrics would be discovered, too. */
let url: string
let stop: () => Promise<void>
const now = Date.now()

beforeAll(async () => {
  const directory = await mkdtemp(join(tmpdir(), 'tenon-discovery-'))
  const supervisor = new Supervisor({ logDirectory: join(directory, 'logs') })
  stop = async () => {
    await supervisor.stop()
    await rm(directory, { recursive: true, force: true })
  }
  const { path: executable } = await findTool(metricsTool, { say: () => undefined })
  const { port } = await new Ports().choose(0)
  await supervisor.start(metricsStorePart({ executable, port, directory: join(directory, 'metrics') }))
  url = metricsStoreUrl({ port })
  const span = { from: now - 30 * 60_000, to: now, stepSeconds: 60 }
  await postSeries(url, createSimulator({ seed: 1 }).run(span))
  await makeQueryable(url)
}, 60_000)
afterAll(() => stop())

it('gives the model that the demo has', async () => {
  const reader = prometheusReader({ address: { url, secret: null }, source: 'shop-metrics', now })
  const found = await discover(reader, { rules: joinRules([]), known: null, written: new Set() })
  expect(found.whole).toBe(true)
  const [file, ...others] = acceptChanges(
    [],
    diffModels({ entities: [], tables: {}, relations: [], chains: [] }, found.content),
  )
  expect(others).toEqual([])
  const kept = fileURLToPath(new URL('../../../../demo/model/generated/shop-metrics.yaml', import.meta.url))
  await expect(file?.text).toMatchFileSnapshot(kept)
})

it('finds nothing new in what it found before', async () => {
  const reader = prometheusReader({ address: { url, secret: null }, source: 'shop-metrics', now })
  const first = await discover(reader, { rules: joinRules([]), known: null, written: new Set() })
  const again = await discover(reader, { rules: joinRules([]), known: first.content, written: new Set() })
  expect(writeModelFile(again.content)).toBe(writeModelFile(first.content))
})

describe('runDiscovery', () => {
  const run = (files: ModelText[], options: { at?: number; again?: boolean } = {}) =>
    runDiscovery(
      { name: 'shop-metrics', kind: 'prometheus', url, secret: null },
      { files, now: options.at ?? now, again: options.again ?? false },
    )
  const accepted = (files: ModelText[], changes: ModelChange[], only?: string[]): ModelText[] => {
    const written = new Map(acceptChanges(files, changes, only).map((file) => [file.path, file.text]))
    const kept = files.filter(({ path }) => !written.has(path))
    return [...kept, ...[...written].flatMap(([path, text]) => (text === null ? [] : [{ path, text }]))]
  }
  const people: ModelText = {
    path: 'shop.yaml',
    text: 'tenonModel: 1\nentities:\n  - { id: payment, owner: payments }\ndiscovery: { ignore: [^hidden_] }\n',
  }

  it('proposes, writes what is accepted beside what people wrote, and then has nothing to propose', async () => {
    const first = await run([])
    expect(first.summary).toMatch(/^New: \d+ entities, \d+ measures, \d+ relations\.$/)
    expect(first.changes.every(({ op }) => op === 'add')).toBe(true)
    const files = accepted([people], first.changes)
    expect(files.map(({ path }) => path)).toEqual(['shop.yaml', 'generated/shop-metrics.yaml'])
    expect(indexModel(readModel(files)).entity('payment')).toMatchObject({ owner: 'payments', title: 'Payment' })
    expect(await run(files)).toMatchObject({ changes: [], summary: 'Nothing new.' })
    expect((await run(files, { again: true })).changes).toEqual([])
  })

  it('a part can be accepted, and the rest is proposed again', async () => {
    const first = await run([])
    const files = accepted([], first.changes, ['tables/shop-service/attempts', 'relations/payment calls risk'])
    const model = readModel(files)
    expect(Object.keys(model.tables['shop-service']!.measures)).toEqual(['attempts'])
    expect(model.entities.map(({ id }) => id)).toEqual(['payment', 'risk'])
    const rest = await run(files, { again: true })
    // One of what was accepted, the table's head, now lacks the hosts that are expected to report.
    expect(rest.changes.filter(({ op }) => op === 'change').map(({ key }) => key)).toEqual(['tables/shop-service'])
    expect(rest.changes.length).toBe(first.changes.length - 5 + 1)
    expect(readModel(accepted(files, rest.changes))).toEqual(readModel(accepted([], first.changes)))
  })

  it('new metrics and hosts are added, and a day without the shop proposes no removal', async () => {
    const files = accepted([people], (await run([])).changes)
    const host = { service: 'payment', zone: 'A', host: 'pay-a-9', version: 'v3', job: 'shop', instance: 'pay-a-9' }
    const lines = [
      { __name__: 'shop_requests_total', ...host, outcome: 'ok' },
      { __name__: 'shop_coupons_used_total', ...host },
      { __name__: 'hidden_total', ...host },
    ].map((metric) => JSON.stringify({ metric, values: [1, 2], timestamps: [now - 60_000, now - 30_000] }))
    await fetch(`${url}/api/v1/import`, { method: 'POST', body: lines.join('\n') })
    await makeQueryable(url)
    const { changes } = await run(files)
    expect(changes.map(({ op, key }) => `${op} ${key}`)).toEqual([
      'add entities/pay-a-9',
      'add tables/payment',
      'add tables/payment/coupons-used',
      'add relations/pay-a-9 runs-on zone-A',
      'add relations/payment runs-on pay-a-9',
    ])
    const later = await run(files, { at: now + 3 * 86_400_000 })
    expect(later.changes).toEqual([])
    expect(later.notes.join()).toContain('no metrics of the last day')
  })

  it('a source that does not answer, and one that cannot be discovered, are told apart', async () => {
    const address = { name: 'x', secret: 'user:hidden-word' }
    const away = runDiscovery({ ...address, kind: 'prometheus', url: 'http://127.0.0.1:9' }, { files: [], now })
    await expect(away).rejects.toMatchObject({ code: 'source-unreachable' })
    await expect(away).rejects.not.toThrow(/hidden-word/)
    const odd = runDiscovery({ ...address, kind: 'loki', url }, { files: [], now })
    await expect(odd).rejects.toMatchObject({ code: 'unknown-source' })
  })
})

it('a Prometheus gives the model that VictoriaMetrics gives', async () => {
  const end = Math.floor(now / 3_600_000) * 3_600_000 - 3 * 3_600_000
  const { timestamps, series } = simulate({ from: end - 10 * 60_000, to: end, stepSeconds: 60, seed: 1 })
  const stored = series.map(({ name, labels, values }) => ({
    name,
    labels,
    samples: Array.from(timestamps, (t, row): [number, number] => [t, values[row] ?? 0]),
  }))
  const store = await prometheus(stored)
  try {
    const reader = prometheusReader({ address: { url: store.url, secret: null }, source: 'shop-metrics', now })
    const found = await discover(reader, { rules: joinRules([]), known: null, written: new Set() })
    expect(found.whole).toBe(true)
    const generated = new URL('../../../../demo/model/generated/shop-metrics.yaml', import.meta.url)
    const kept = readModel([{ path: 'shop.yaml', text: await readFile(generated, 'utf8') }])
    expect(diffModels(kept, found.content)).toEqual([])
  } finally {
    await store.stop()
  }
}, 60_000)
