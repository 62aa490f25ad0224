/** Silences through the whole protocol, on a real Alertmanager. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { alertmanagerTool, findTool } from '@tenon/stack'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { EdgeWorld, freely, testScope } from '../../test/edge-world.ts'
import { applyAction } from '../apply-action.ts'
import type { ActionDeps } from '../deps.ts'
import type { ActionRequest } from '../request.ts'
import { planAction } from '../plan-action.ts'
import { revertAction } from '../revert-action.ts'
import { createAlertmanagerDriver } from './alertmanager.ts'

const minute = 60_000
let url: string
let child: ChildProcess
let folder: string
let world: EdgeWorld
let deps: ActionDeps
let on = true

beforeAll(async () => {
  const { path: executable } = await findTool(alertmanagerTool)
  folder = await mkdtemp(join(tmpdir(), 'tenon-silence-'))
  const configuration = join(folder, 'alertmanager.yml')
  await writeFile(configuration, JSON.stringify({ route: { receiver: 'nobody' }, receivers: [{ name: 'nobody' }] }))
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  server.close()
  await once(server, 'close')
  url = `http://127.0.0.1:${address.port}`
  child = spawn(
    executable,
    [
      `--config.file=${configuration}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${address.port}`,
      '--cluster.listen-address=',
      '--log.level=error',
    ],
    { stdio: 'ignore' },
  )
  for (let attempt = 0; attempt < 600; attempt += 1) {
    const ready = await fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (ready) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('The Alertmanager did not start.')
})
afterAll(async () => {
  child?.kill('SIGKILL')
  if (folder) await rm(folder, { recursive: true, force: true })
})
beforeEach(async () => {
  world = new EdgeWorld()
  world.now = Date.now()
  on = true
  const driver = createAlertmanagerDriver({ address: url, secret: null })
  deps = {
    ...world.deps,
    targets: {
      of: async (wanted) => ({ ...(await world.deps.targets.of(wanted)), ...place(wanted), driver }),
      forConnection: async () => driver,
    },
    suppressionOn: async () => on,
    clock: { now: () => Date.now(), sleep: async () => undefined },
  }
})

const place = (wanted: ActionRequest) =>
  wanted.kind === 'silence' ? { connection: wanted.connection, backend: wanted.alert, title: wanted.title } : {}

const request = (alert: string, more: Partial<Extract<ActionRequest, { kind: 'silence' }>> = {}): ActionRequest => ({
  kind: 'silence',
  connection: 'shop-alerts',
  alert,
  title: 'HostSlow on pay-a-1',
  matchers: [
    { name: 'alertname', value: 'HostSlow' },
    { name: 'host', value: 'pay-a-1' },
  ],
  comment: 'Noise: it passed. https://tenon.example/alerts/a1',
  until: Date.now() + 20 * minute,
  leaseSeconds: 1800,
  ...more,
})
const apply = (key: string, wanted: ActionRequest) =>
  applyAction(
    { ...testScope, request: wanted, key, runId: null, stepId: null, approvedHash: null, approvedBy: null },
    deps,
  )
interface Silence {
  createdBy: string
  comment: string
  endsAt: string
  matchers: unknown[]
  status: { state: string }
}
const silences = async (): Promise<Silence[]> => {
  const found = (await (await fetch(`${url}/api/v2/silences`)).json()) as Silence[]
  return found.filter(({ status }) => status.state !== 'expired')
}

test('an alert is silenced once, exactly and for a while; putting it back ends the silence', async () => {
  const wanted = request('a1-x')
  const done = await apply('k1', wanted)
  expect(done).toMatchObject({
    status: 'done',
    kind: 'silence',
    target: 'shop-alerts/a1-x',
    verification: [{ label: 'silence', pass: true }],
  })
  expect(world.leases).toMatchObject([{ seconds: 1800 }])
  const exact = { isRegex: false, isEqual: true }
  expect(await silences()).toMatchObject([
    {
      createdBy: 'tenon',
      comment: 'Noise: it passed. https://tenon.example/alerts/a1 (a1-x)',
      matchers: [
        { name: 'alertname', value: 'HostSlow', ...exact },
        { name: 'host', value: 'pay-a-1', ...exact },
      ],
    },
  ])
  // The same key again, and the same intent again, leave one silence.
  expect(await apply('k1', wanted)).toMatchObject({ status: 'done', id: done.id })
  await createAlertmanagerDriver({ address: url, secret: null }).apply(done.intent, freely)
  expect(await silences()).toHaveLength(1)
  // One of people's own is not ours.
  await fetch(`${url}/api/v2/silences`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      matchers: [{ name: 'alertname', value: 'Other', ...exact }],
      startsAt: new Date().toISOString(),
      endsAt: new Date(Date.now() + minute).toISOString(),
      createdBy: 'ana',
      comment: 'a test (a1-x)',
    }),
  })
  expect(await revertAction({ actionId: done.id, reason: 'run', by: 'system' }, deps)).toMatchObject({
    status: 'reverted',
  })
  expect((await silences()).map(({ createdBy }) => createdBy)).toEqual(['ana'])
})

test.each<[string, () => ActionRequest, string]>([
  ['while suppression is off', () => request('a2', {}), 'Suppression is on'],
  ['for longer than half an hour', () => request('a3', { until: Date.now() + 60 * minute }), 'Short'],
  [
    'without the name of the alert',
    () =>
      request('a4', {
        matchers: [
          { name: 'host', value: 'a' },
          { name: 'zone', value: 'A' },
        ],
      }),
    'One alert',
  ],
])('nothing is silenced %s', async (_, make, guard) => {
  on = guard !== 'Suppression is on'
  const wanted = make()
  const plan = await planAction(wanted, deps, testScope)
  expect(plan.guards.filter(({ pass }) => !pass).map(({ name }) => name)).toEqual([guard])
  const before = await silences()
  expect(await apply(`key-${guard}`, wanted)).toMatchObject({ status: 'refused' })
  expect(await silences()).toEqual(before)
})

test('a silence that has ended by itself needs nothing put back', async () => {
  const done = await apply('k5', request('a5'))
  if (done.revert) await createAlertmanagerDriver({ address: url, secret: null }).apply(done.revert, freely)
  expect(await revertAction({ actionId: done.id, reason: 'lease', by: 'system' }, deps)).toMatchObject({
    status: 'expired',
  })
})

test('one that does not answer is said to be away', async () => {
  const away = createAlertmanagerDriver({ address: 'http://127.0.0.1:1', secret: null, timeoutMs: 500 })
  await expect(away.observe('a1')).rejects.toMatchObject({ code: 'target-unreachable' })
  await expect(away.apply({ kind: 'set-values', target: 'x', values: { limit: 1 } }, freely)).rejects.toMatchObject({
    code: 'bad-request',
  })
})
