/** A data set that nobody wrote a model for: discovered, and judged by nodes as it is. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  acceptChanges,
  createDataService,
  readModel,
  runDiscovery,
  type ModelText,
  type OpenDataService,
  type SourceAddress,
} from '@tenon/data'
import { findTool, metricsStorePart, metricsStoreUrl, metricsTool, Ports, Supervisor } from '@tenon/stack'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nodeExporterText } from '../test/node-exporter.ts'
import { readContext, runNode } from '../test/run-nodes.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const asOf = Math.floor(Date.now() / minute) * minute
const onset = asOf - 8 * minute

async function discovered(name: string, address: SourceAddress): Promise<ModelText[]> {
  const { changes } = await runDiscovery({ name, ...address }, { files: [], now: Date.now() })
  return acceptChanges([], changes).flatMap(({ path, text }) => (text === null ? [] : [{ path, text }]))
}

describe('machines, as the node exporter tells of them', () => {
  let stop: () => Promise<void>
  let data: OpenDataService

  beforeAll(async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tenon-machines-'))
    const supervisor = new Supervisor({ logDirectory: join(directory, 'logs') })
    stop = async () => {
      await data?.close()
      await supervisor.stop()
      await rm(directory, { recursive: true, force: true })
    }
    const { path: executable } = await findTool(metricsTool, { say: () => undefined })
    const { port } = await new Ports().choose(0)
    await supervisor.start(metricsStorePart({ executable, port, directory: join(directory, 'metrics') }))
    const url = metricsStoreUrl({ port })
    await store(url, await nodeExporterText())
    const address = { kind: 'prometheus', url, secret: null }
    const files = await discovered('machines', address)
    data = createDataService({ model: readModel(files), sources: async () => address })
  }, 60_000)
  afterAll(() => stop())

  it('every machine is there, with its memory, processor and disks', () => {
    expect(data.model.entities.filter(({ kind }) => kind === 'host').map(({ id }) => id)).toEqual([
      'web-1-9100',
      'web-2-9100',
    ])
    const measures = Object.values(data.model.tables).flatMap((table) => Object.keys(table.measures))
    expect(measures).toEqual(expect.arrayContaining(['cpu-idle-share', 'memory-mem-left', 'filesystem-left', 'load1']))
  })

  it('memory that runs out on one machine is abnormal there, and normal on the other', async () => {
    const judge = (measure: string) => runNode('judge.anomaly', { measure }, readContext({ data, asOf }))
    const failing = await judge('web-1-9100.memory-mem-left')
    expect(failing).toMatchObject({ outcome: 'abnormal', output: { unit: 'ratio' } })
    const { since } = failing.output as { since: string }
    expect(Math.abs(Date.parse(since) - onset)).toBeLessThanOrEqual(2 * minute)
    expect(await judge('web-2-9100.memory-mem-left')).toMatchObject({ outcome: 'normal' })
  })
})

/** A scrape of two machines, and two weeks of their memory. */
async function store(url: string, text: string): Promise<void> {
  const instances = ['web-1:9100', 'web-2:9100']
  for (const instance of instances)
    await post(`${url}/api/v1/import/prometheus?extra_label=job=node&extra_label=instance=${instance}`, text)
  const total = 16 * 2 ** 30
  const times: number[] = []
  for (let t = asOf - 15 * day; t <= asOf;) {
    times.push(t)
    t += t < asOf - 6 * hour ? 5 * minute : t < asOf - hour ? minute : 15_000
  }
  const lines = instances.flatMap((instance) => {
    const labels = { job: 'node', instance }
    const left = times.map((t, index) => {
      const usual = 0.55 + 0.02 * Math.sin(t / day) + 0.004 * Math.sin(index * 1.7)
      return Math.round(total * (instance === 'web-1:9100' && t > onset ? usual - 0.4 : usual))
    })
    return [
      { metric: { __name__: 'node_memory_MemAvailable_bytes', ...labels }, values: left, timestamps: times },
      {
        metric: { __name__: 'node_memory_MemTotal_bytes', ...labels },
        values: times.map(() => total),
        timestamps: times,
      },
    ].map((line) => JSON.stringify(line))
  })
  await post(`${url}/api/v1/import`, lines.join('\n'))
  await post(`${url}/internal/force_flush`, '')
}

async function post(url: string, body: string): Promise<void> {
  const answer = await fetch(url, { method: 'POST', body })
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`)
}
