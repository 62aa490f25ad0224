/**
 * Actions of each kind by a real run of a real worker: they happen once, and are put back by their lease or by a person, or stay. What they change is
 * real but for the cluster, which is an imitation.
 */
import { startKubernetesImitation, type KubernetesImitation } from '@tenon/actions/test-cluster'
import { realAlertmanager, type RealAlertmanager } from '@tenon/data/real-alertmanager'
import { createTestDatabase, type TestDatabase } from '@tenon/db/test-database'
import type { Plan, RunState } from '@tenon/runbook'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../test/engine.ts'
import { plan } from '../test/plans.ts'
import type { WorkerProcess } from '../test/worker-process.ts'
import { openWorkerWorld, type WorkerWorld } from '../test/worker-world.ts'
import { writeBundle } from './bundle.ts'

const address = process.env['TEST_TEMPORAL_ADDRESS'] ?? ''
const outcomes = ['done', 'refused', 'not-done', 'unknown']
let world: WorkerWorld
let worker: WorkerProcess
let shop: TestDatabase
let cluster: KubernetesImitation
let alertmanager: RealAlertmanager
let models: string

beforeAll(async () => {
  await writeBundle()
  shop = await createTestDatabase()
  await shop.query(
    'CREATE TABLE merchant AS SELECT n AS id, false AS paused, 0 AS changes FROM generate_series(1, 5) n',
  )
  cluster = await startKubernetesImitation()
  fill(cluster)
  alertmanager = await realAlertmanager()
  models = await modelWithWorkload()
  world = await openWorkerWorld(address, { TENON_MODEL_DIR: models })
  const { connections, settings } = world.db
  await connections.save({ name: 'shop-db', kind: 'postgres', url: shop.url })
  await connections.save({ name: 'cluster', kind: 'kubernetes', url: cluster.address })
  await connections.save({ name: 'am', kind: 'alertmanager', url: alertmanager.url })
  await settings.setAlertSuppression(true, 'ana@example.com')
  worker = await world.startWorker()
}, 180_000)
afterAll(async () => {
  await world?.close()
  await alertmanager?.stop()
  await cluster?.close()
  await shop?.drop()
  if (models) await rm(models, { recursive: true, force: true })
})

/** That of the demo, and a service that runs in the cluster. */
async function modelWithWorkload(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tenon-model-'))
  await cp(fileURLToPath(new URL('../../../demo/model', import.meta.url)), folder, { recursive: true })
  const workload = '{ connection: cluster, backend: shop/deployments/billing }'
  const billing = `tenonModel: 1\nentities:\n  - { id: billing, kind: service, workload: ${workload} }\n`
  await writeFile(path.join(folder, 'billing.yaml'), billing)
  return folder
}

const apps = 'apis/apps/v1/namespaces/shop'
const billing = `${apps}/deployments/billing`
const node = 'api/v1/nodes/worker-1'
const pod = 'api/v1/namespaces/shop/pods/billing-2-x'

/** A deployment of two revisions, and a node with a pod of it. */
function fill(empty: KubernetesImitation): void {
  const labels = { app: 'billing' }
  const template = (revision: string) => ({
    metadata: { labels },
    spec: { containers: [{ name: 'main', image: `shop/billing:${revision}` }] },
  })
  const owner = (kind: string, name: string, uid: string) => [{ kind, name, uid, controller: true }]
  const annotations = (revision: string) => ({ 'deployment.kubernetes.io/revision': revision })
  const metadata = { name: 'billing', namespace: 'shop', annotations: annotations('2') }
  empty.put(billing, { metadata, spec: { replicas: 3, selector: { matchLabels: labels }, template: template('2') } })
  const uid = empty.get(billing)?.metadata.uid ?? ''
  for (const revision of ['1', '2']) {
    const name = `billing-${revision}`
    const ownerReferences = owner('Deployment', 'billing', uid)
    const set = { name, namespace: 'shop', labels, annotations: annotations(revision), ownerReferences }
    empty.put(`${apps}/replicasets/${name}`, { metadata: set, spec: { template: template(revision) } })
  }
  empty.put(node, { metadata: { name: 'worker-1' }, spec: {} })
  const ownerReferences = owner('ReplicaSet', 'billing-2', 'a-set')
  empty.put(pod, {
    metadata: { name: 'billing-2-x', namespace: 'shop', ownerReferences },
    spec: { nodeName: 'worker-1' },
  })
}

async function run(made: Plan): Promise<{ runId: string; state: RunState }> {
  const { runId, result } = await world.startRun(made)
  return { runId, state: await result() }
}

const step = (id: string, input: Record<string, unknown>) =>
  ({ id, type: `act.${id}`, effect: 'write', outcomes, timeoutSeconds: 60, input }) as const

const actionOf = async (runId: string, kind: string) => {
  const found = (await world.db.actions.list({ state: 'all', runId })).find((action) => action.kind === kind)
  if (!found) throw new Error(`No ${kind} in run ${runId}`)
  return found
}
const ofEdge = async (path: string): Promise<unknown> => (await fetch(`${world.edge.address}/${path}`)).json()
const activeSilences = async (): Promise<{ comment: string }[]> => {
  const all = (await (await fetch(`${alertmanager.url}/api/v2/silences`)).json()) as {
    comment: string
    status: { state: string }
  }[]
  return all.filter(({ status }) => status.state !== 'expired')
}

test('a feature is put back by its lease, an incident by a person, and a statement stays: each was made once', async () => {
  const made = plan(
    [
      step('feature', { connection: 'shop-edge', feature: 'recommendations', value: 'off', lease: '20s' }),
      step('incident', { connection: 'shop-edge', key: 'pay-42', title: 'Payment fell' }),
      step('statement', {
        connection: 'shop-db',
        title: 'Pause a merchant',
        statement: 'UPDATE merchant SET paused = true, changes = changes + 1 WHERE id = $1',
        parameters: [3],
        check: 'SELECT count(*) FROM merchant WHERE paused',
        expected: '1',
      }),
    ],
    ['feature -done-> incident', 'incident -done-> statement'],
  )
  const before = world.edge.changes.length
  const { runId, state } = await run(made)
  expect(state.status, worker.log()).toBe('succeeded')
  const done = { result: { outcome: 'done' } }
  expect(state.steps).toMatchObject({ feature: done, incident: done, statement: done })

  expect(await ofEdge('incidents/pay-42')).toMatchObject({ title: 'Payment fell', state: 'open' })
  const incident = await actionOf(runId, 'incident')
  expect(incident).toMatchObject({ status: 'done', target: expect.stringContaining('shop-edge/') })
  await world.leases.revertNow(incident.id, { by: 'user:ann', reason: 'person' })
  expect(await ofEdge('incidents/pay-42')).toMatchObject({ state: 'closed' })
  expect((await actionOf(runId, 'incident')).status).toBe('reverted')

  await eventually(async () => (await actionOf(runId, 'feature')).status === 'expired')
  expect(await ofEdge('features/recommendations')).toMatchObject({ value: 'full' })

  expect(await actionOf(runId, 'statement')).toMatchObject({ status: 'kept', leaseUntil: null })
  expect(await shop.query('SELECT id, paused, changes FROM merchant WHERE changes > 0')).toEqual([
    { id: 3, paused: true, changes: 1 },
  ])
  const all = await world.db.actions.list({ state: 'all', runId })
  expect(all.flatMap(({ verification }) => verification ?? []).map(({ pass }) => pass)).toEqual([true, true, true])
  // Each of the edge was set and put back, and nothing more.
  expect(world.edge.changes).toHaveLength(before + 4)
}, 180_000)

test('a statement that would change more rows than allowed changes none, and the run goes on as it says', async () => {
  const input = {
    connection: 'shop-db',
    title: 'Pause all',
    statement: 'UPDATE merchant SET paused = true, changes = changes + 1',
    maximumRows: 2,
    check: 'SELECT count(*) FROM merchant WHERE paused',
    expected: '5',
  }
  const before = await shop.query('SELECT * FROM merchant ORDER BY id')
  const { runId, state } = await run(plan([step('statement', input)], []))
  expect(state.steps['statement']).toMatchObject({ result: { outcome: 'not-done' } })
  expect((await actionOf(runId, 'statement')).status).toBe('not-done')
  expect(await shop.query('SELECT * FROM merchant ORDER BY id')).toEqual(before)
}, 180_000)

test('replicas are put back by their lease, a revision and a node by a person, and a restart stays', async () => {
  const at = new Date().toISOString()
  const made = plan(
    [
      step('scale', { entity: 'billing', replicas: 5, lease: '30s' }),
      step('restart', { entity: 'billing', at }),
      step('roll-back', { entity: 'billing', lease: '1h' }),
      step('drain-node', { connection: 'cluster', node: 'worker-1', lease: '1h' }),
    ],
    ['scale -done-> restart', 'restart -done-> roll-back', 'roll-back -done-> drain-node'],
  )
  const { runId, state } = await run(made)
  const done = { result: { outcome: 'done' } }
  expect(state.steps, worker.log()).toMatchObject({ restart: done, 'roll-back': done, scale: done, 'drain-node': done })
  const restarted = { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': at } } }
  const image = (number: number) => ({ spec: { containers: [{ image: `shop/billing:${number}` }] } })
  expect(cluster.get(billing)).toMatchObject({ spec: { template: { ...restarted, ...image(1) } } })
  expect(cluster.get(node)).toMatchObject({ spec: { unschedulable: true } })
  expect(cluster.get(pod)).toBeUndefined()

  for (const kind of ['roll-back', 'drain-node']) {
    await world.leases.revertNow((await actionOf(runId, kind)).id, { by: 'user:ann', reason: 'person' })
    expect((await actionOf(runId, kind)).status).toBe('reverted')
  }
  await eventually(async () => (await actionOf(runId, 'scale')).status === 'expired')
  expect((await actionOf(runId, 'restart')).status).toBe('kept')
  expect(cluster.get(node)).toMatchObject({ spec: { unschedulable: false } })
  // As it was, but for the restart, which nothing can take back.
  expect(cluster.get(billing)).toMatchObject({ spec: { replicas: 3, template: { ...restarted, ...image(2) } } })
  // Three that were set and put back, a restart, and an eviction.
  expect(cluster.writes()).toBe(8)
}, 180_000)

test('a silence is one of its Alertmanager, and ends when a person puts it back', async () => {
  const labels = { alertname: 'DiskSlow', host: 'pay-a-1' }
  const startsAt = Math.floor(Date.now() / 1000) * 1000
  const alert = { fingerprint: 'f1', name: 'DiskSlow', severity: 'warning', labels, annotations: {}, startsAt } as const
  const more = { endsAt: null, generatorUrl: '', entity: 'pay-a-1', measure: null }
  await world.db.alerts.receive('am', [{ ...alert, ...more }], { pulled: true })
  const [fired] = await world.db.alerts.current(0)
  if (!fired) throw new Error('The alert is not there')
  const silence = {
    alert: fired.id,
    connection: 'am',
    title: 'DiskSlow on pay-a-1',
    matchers: Object.entries(labels).map(([name, value]) => ({ name, value })),
    reason: 'A disk is swapped.',
    until: Math.floor(Date.now() / 1000) * 1000 + 20 * 60_000,
  }
  const silences = { ...step('silence-alerts', { silences: [silence] }), outcomes: ['silenced', 'nothing', 'refused'] }
  const { runId, state } = await run(plan([silences], []))
  expect(state.steps['silence-alerts'], worker.log()).toMatchObject({ result: { outcome: 'silenced' } })
  expect(await activeSilences()).toMatchObject([{ comment: expect.stringContaining('A disk is swapped.') }])
  const action = await actionOf(runId, 'silence')
  await world.leases.revertNow(action.id, { by: 'user:ann', reason: 'person' })
  expect(await activeSilences()).toEqual([])
  expect((await actionOf(runId, 'silence')).status).toBe('reverted')
}, 180_000)

test('a bound on a measure that the model does not have is refused before anything is touched', async () => {
  const before = world.edge.changes.length
  const harm = [{ measure: 'payment.sucess-rate', minimum: 0.98 }]
  const { runId, state } = await run(
    plan([step('rate-limit', { entity: 'payment', requestsPerSecond: 100, harm })], []),
  )
  expect(state.status).toBe('failed')
  expect(state.steps['rate-limit']).toMatchObject({
    error: {
      code: 'bad-request',
      message: expect.stringContaining('payment.sucess-rate'),
      fix: 'Did you mean "payment.success-rate"?',
    },
  })
  expect(await world.db.actions.list({ state: 'all', runId })).toEqual([])
  expect(world.edge.changes).toHaveLength(before)
}, 180_000)
