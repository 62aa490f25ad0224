/** The whole product before targets that log every change that reaches them, and a metrics store whose samples the bench writes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { modelFile, writeModelFile } from '@tenon/data'
import { findTool, metricsStorePart, metricsStoreUrl, metricsTool, Ports, Supervisor } from '@tenon/stack'
import { openStackWorld, type StackWorld } from '../stack-world.ts'
import { createChance } from './chance.ts'
import { laneConnections, writeLaneModel } from './lane-model.ts'
import { gatewayOf, laneName, startTargets, type Targets } from './targets.ts'

export interface HarmWorld extends StackWorld {
  targets: Targets
  /** Address of the gateway of all lanes. */
  gateway: string
  measures: Measures
}

/** What the store is told of each lane, once a second as by a scrape, and at once when it changes. */
export interface Measures {
  /** @param atOnce have the store show it now; else it does when it has written what came lately, within a second or two. */
  set(lane: number, value: number, options?: { atOnce?: boolean }): Promise<void>
}

export const runbookName = 'harm-switch'
/** Its switch has no bound. */
export const testRunbook = 'harm-test'
/** The bound of each action; `well` is within it and `broken` is not. */
export const bound = { minimum: 0.98, well: 0.999, broken: 0.9 }
export const measureOf = (lane: number): string => `${laneName(lane)}.success`

const metricsConnection = 'bench-metrics'
const runbook = (name: string, { watches }: { watches: boolean }): string => `tenon: 1
name: ${name}
title: Switch
params:
  entity: { type: string }${watches ? '\n  measure: { type: string }' : ''}
nodes:
  switch:
    type: act.traffic-switch
    with:
      entity: "\${params.entity}"
      fromZone: A
      toZone: B
      lease: 30m${watches ? `\n      harm: [{ measure: "\${params.measure}", minimum: ${bound.minimum} }]` : ''}
onFailure: keep
`

/** @param of.lanes as many as one gateway serves, at most. */
export async function openHarmWorld(of: {
  lanes: number
  seed: number
  say: (line: string) => void
}): Promise<HarmWorld> {
  const { lanes, seed, say } = of
  const folder = mkdtempSync(join(tmpdir(), 'tenon-bench-harm-'))
  const supervisor = new Supervisor({ logDirectory: join(folder, 'logs') })
  const closing: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true }), () => supervisor.stop()]
  const close = async (): Promise<void> => {
    for (const end of closing.toReversed()) await end()
  }
  try {
    const targets = await startTargets(lanes, createChance(seed))
    closing.push(targets.close)
    targets.calm()
    const gateway = `${targets.address}/${gatewayOf(laneName(0))}`
    const { path: executable } = await findTool(metricsTool, { say })
    const { port } = await new Ports().choose(0)
    await supervisor.start(metricsStorePart({ executable, port, directory: join(folder, 'metrics') }))
    const metricsUrl = metricsStoreUrl({ port })
    await fillStore(metricsUrl, lanes)
    const measures = keepMeasures(metricsUrl, lanes)
    closing.push(measures.end)
    const model = writeLaneModel(lanes)
    closing.push(model.remove)
    writeFileSync(join(model.folder, 'measures.yaml'), tablesOf(lanes))
    const world = await openStackWorld({
      model: model.folder,
      connections: [
        ...laneConnections(lanes, targets.address),
        { name: metricsConnection, kind: 'prometheus', url: metricsUrl },
      ],
      say,
    })
    closing.push(world.close)
    await world.publish(runbookName, runbook(runbookName, { watches: true }))
    await world.publish(testRunbook, runbook(testRunbook, { watches: false }))
    return { ...world, targets, gateway, measures, close }
  } catch (error) {
    await close()
    throw error
  }
}

function tablesOf(lanes: number): string {
  const names = Array.from({ length: lanes }, (_, lane) => laneName(lane))
  const tables = names.map((name) => {
    const success = {
      title: `Success of ${name}`,
      kind: 'gauge',
      unit: '1',
      bad: 'down',
      aggregate: 'avg',
      select: `bench_success{lane="${name}"}`,
    }
    return [name, { entity: name, source: metricsConnection, measures: { success } }]
  })
  return writeModelFile(modelFile.parse({ tenonModel: 1, tables: Object.fromEntries(tables) }))
}

/** Ten minutes of a sample each second: how often a store is told is measured from what it has. */
async function fillStore(url: string, lanes: number): Promise<void> {
  const now = Date.now()
  const timestamps = Array.from({ length: 600 }, (_, index) => now - (600 - index) * 1000)
  const values = timestamps.map(() => bound.well)
  const lines = Array.from({ length: lanes }, (_, lane) =>
    JSON.stringify({ metric: { __name__: 'bench_success', lane: laneName(lane) }, timestamps, values }),
  )
  const answer = await fetch(`${url}/api/v1/import`, { method: 'POST', body: lines.join('\n') })
  if (!answer.ok) throw new Error(`The metrics store did not take samples: ${answer.status}`)
}

function keepMeasures(url: string, lanes: number): Measures & { end(): Promise<void> } {
  const values = Array.from({ length: lanes }, () => bound.well)
  const write = async (some: readonly number[]): Promise<void> => {
    const body = some.map((lane) => `bench_success{lane="${laneName(lane)}"} ${values[lane]}\n`).join('')
    const answer = await fetch(`${url}/api/v1/import/prometheus`, { method: 'POST', body })
    if (!answer.ok) throw new Error(`The metrics store did not take samples: ${answer.status}`)
  }
  let failed: unknown = null
  let going: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    going = going.then(() => write([...values.keys()])).catch((error: unknown) => void (failed = error))
  }, 1000)
  return {
    async set(lane, value, { atOnce = false } = {}) {
      if (failed !== null) throw failed
      values[lane] = value
      await write([lane])
      if (atOnce) await fetch(`${url}/internal/force_flush`)
    },
    async end() {
      clearInterval(timer)
      await going
    },
  }
}
