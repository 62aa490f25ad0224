/** A diagnosis concludes in time whatever its source does: real workflows on a real Temporal server, the product's own nodes, a source that hangs. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { catalogue, nodes } from '@tenon/activities'
import { createDataService, loadModel, type DataService } from '@tenon/data'
import { compileRunbook, type Plan, type Report } from '@tenon/runbook'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Engine, eventually, startEngine } from '../test/engine.ts'

const demo = fileURLToPath(new URL('../../../demo', import.meta.url))

/** The shop's own runbook. Nobody waits 45 s in a test: the time is a part of the document. */
function planOf(startBy: string): Plan {
  const source = readFileSync(`${demo}/runbooks/payment-drop.yaml`, 'utf8')
  expect(source).toContain('startBy: 45s')
  const compiled = compileRunbook(source.replaceAll('startBy: 45s', `startBy: ${startBy}`), catalogue)
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems))
  return compiled.plan
}

/** Takes every connection and never answers. */
let silent: Server
let engine: Engine
const services: (DataService & { close(): Promise<void> })[] = []

async function dataFrom(url: string): Promise<DataService> {
  const data = createDataService({
    model: await loadModel(`${demo}/model`),
    sources: async () => ({ kind: 'prometheus', url, secret: null }),
  })
  services.push(data)
  return data
}

/** By run: which source it asks. */
const dataOf = new Map<string, DataService>()

beforeAll(async () => {
  silent = createServer(() => undefined)
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
  engine = await startEngine([...nodes], {
    contextFor: async (call, scope) =>
      ({
        ...call.context,
        stepId: call.stepId,
        asOf: call.asOf,
        data: dataOf.get(call.context.runId),
        changes: { between: async () => [] },
        inbox: { post: async () => undefined },
        ...scope,
      }) as never,
  })
}, 240_000)
afterAll(async () => {
  await engine?.stop()
  await Promise.all(services.map((data) => data.close()))
  silent?.closeAllConnections()
  silent?.close()
})

async function diagnose(url: string, startBy: string): Promise<Report> {
  const runId = randomUUID()
  dataOf.set(runId, await dataFrom(url))
  const handle = await engine.start({
    plan: planOf(startBy),
    context: {
      runId,
      params: { chain: 'card-payment' },
      trigger: { kind: 'button', by: 'ana@example.com' },
      asOf: Date.now(),
      environment: 'production',
    },
  })
  const report = await eventually(() =>
    engine.projections
      .filter((projection) => projection.runId === runId)
      .flatMap(({ steps }) => steps)
      .map(({ state }) => (state.status === 'done' ? state.result.report : undefined))
      .find((found) => found !== undefined),
  )
  await handle.result()
  return report
}

test('a source that hangs: it concludes by its time, says that it is incomplete, and names what is missing', async () => {
  const { port } = silent.address() as AddressInfo
  const report = await diagnose(`http://127.0.0.1:${port}`, '4s')
  expect(report.verdict.value).toBe('inconclusive')
  expect(report.incomplete?.reason).toContain('The time was up')
  // It asked the source first: what it says of it is what people see.
  expect(report.incomplete?.missing).toContain('Is the source down?')
})

test('a source that is away: it concludes at once that it could not see, and why', async () => {
  const closed = createServer()
  closed.listen(0, '127.0.0.1')
  await once(closed, 'listening')
  const { port } = closed.address() as AddressInfo
  closed.close()
  await once(closed, 'close')
  const report = await diagnose(`http://127.0.0.1:${port}`, '45s')
  expect(report.verdict.value).toBe('inconclusive')
  expect(report.conclusion).toContain('cannot be reached')
  expect(report.unchecked).toHaveLength(2)
})
