import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createSimulator, makeQueryable, postSeries } from '@tenon/demo'
import { findTool, metricsStorePart, metricsStoreUrl, metricsTool, Ports, Supervisor } from '@tenon/stack'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { writeModelFile } from '../write-model.ts'
import { discover } from './discover.ts'
import { joinRules } from './join-rules.ts'
import { prometheusReader } from './prometheus-reader.ts'

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
  const kept = fileURLToPath(new URL('../../../../demo/model/generated/shop-metrics.yaml', import.meta.url))
  await expect(writeModelFile(found.content)).toMatchFileSnapshot(kept)
})

it('finds nothing new in what it found before', async () => {
  const reader = prometheusReader({ address: { url, secret: null }, source: 'shop-metrics', now })
  const first = await discover(reader, { rules: joinRules([]), known: null, written: new Set() })
  const again = await discover(reader, { rules: joinRules([]), known: first.content, written: new Set() })
  expect(writeModelFile(again.content)).toBe(writeModelFile(first.content))
})
