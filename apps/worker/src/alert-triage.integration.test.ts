/** Triage as the worker carries it out: on a real database, with a real Alertmanager to silence. */
import { revertAction, type ActionDeps } from '@tenon/actions'
import { findNode, type NodeContext } from '@tenon/activities'
import { createDataService, modelFile } from '@tenon/data'
import { realAlertmanager, type RealAlertmanager } from '@tenon/data/real-alertmanager'
import { createSecretBox, openDatabase, type Database, type ReceivedAlert } from '@tenon/db'
import { migrate } from '@tenon/db/migrate'
import { createTestDatabase, type TestDatabase } from '@tenon/db/test-database'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createActionDeps } from './action-deps.ts'
import { createContextFactory } from './node-context.ts'

const minute = 60_000
let database: TestDatabase
let db: Database
let alertmanager: RealAlertmanager
let contextFor: (runId: string, asOf: number) => Promise<NodeContext>

const model = modelFile.parse({
  tenonModel: 1,
  entities: [
    { id: 'payment', kind: 'service' },
    { id: 'pay-a-1', kind: 'host', attributes: { service: 'payment' } },
  ],
})

beforeAll(async () => {
  database = await createTestDatabase()
  await migrate(database.url)
  db = openDatabase(database.url, { secretBox: createSecretBox(Buffer.alloc(32, 7).toString('base64')) })
  alertmanager = await realAlertmanager()
  await db.connections.save({ name: 'am', kind: 'alertmanager', url: alertmanager.url })
  const data = createDataService({ model, sources: async () => null })
  const leases = {
    start: async () => undefined,
    actionNotDone: async () => undefined,
    async revertNow(actionId: string, { by, reason }: { by: string; reason: 'run' | 'person' }) {
      const { status } = await revertAction({ actionId, by, reason }, actions)
      return { next: 'settled', status, detail: '' } as never
    },
  }
  const actions: ActionDeps = createActionDeps({ db, model: async () => model, leases })
  const factory = createContextFactory({
    db,
    data: async () => data,
    actions,
    leases,
    publicUrl: 'https://tenon.example',
  })
  contextFor = (runId, asOf) =>
    factory(
      {
        stepId: 's',
        asOf,
        approvedBy: null,
        context: { runId, trigger: { kind: 'schedule', by: 'schedule' } },
      } as never,
      { signal: new AbortController().signal, heartbeat: () => undefined } as never,
    )
})
afterAll(async () => {
  await alertmanager?.stop()
  await db?.close()
  await database?.drop()
})

const alert = (fingerprint: string, name: string, more: Partial<ReceivedAlert> = {}): ReceivedAlert => ({
  fingerprint,
  name,
  severity: 'warning',
  labels: { alertname: name, host: 'pay-a-1' },
  annotations: {},
  startsAt: Math.floor(Date.now() / 1000) * 1000 - 5 * minute,
  endsAt: null,
  generatorUrl: '',
  entity: 'pay-a-1',
  measure: null,
  ...more,
})

/** As the demo's runbook does: judge, record, silence. */
async function triage(runId: string, asOf = Date.now()) {
  const ctx = await contextFor(runId, asOf)
  const options = { key: `${runId}/s`, approvedHash: null }
  const [judge, record, silence] = ['judge.alerts', 'act.alert-verdicts', 'act.silence-alerts'].map((type) =>
    findNode(type, 1)!,
  )
  if (judge?.effect !== 'read' || record?.effect !== 'write' || silence?.effect !== 'write')
    throw new Error('other nodes')
  const found = await judge.run(ctx, judge.input.parse({}))
  const recorded = await record.run(ctx, record.input.parse({ found: found.output }), options)
  const output = found.output as { silences: unknown[] }
  const silenced = await silence.run(ctx, silence.input.parse({ silences: output.silences }), options)
  return { found: found.outcome, recorded: recorded.outcome, silenced: silenced.outcome }
}
const silences = async (): Promise<{ comment: string; status: { state: string } }[]> =>
  (await fetch(`${alertmanager.url}/api/v2/silences`)).json() as Promise<
    { comment: string; status: { state: string } }[]
  >
const activeSilences = async () => (await silences()).filter(({ status }) => status.state !== 'expired')

test('what nothing explains is told once, whatever runs again', async () => {
  await db.alerts.receive('am', [alert('a1', 'ErrorsHigh')], { pulled: true })
  expect(await triage('r1')).toEqual({ found: 'inconclusive', recorded: 'told', silenced: 'nothing' })
  expect(await triage('r1')).toEqual({ found: 'none', recorded: 'recorded', silenced: 'nothing' })
  const { groups } = await db.alerts.list()
  expect(groups).toMatchObject([{ verdict: 'undetermined', runId: 'r1', notifiedAt: expect.any(String), open: true }])
  expect(await db.inbox.list()).toMatchObject([
    { title: 'Undetermined: ErrorsHigh on pay-a-1', link: `/alerts/${groups[0]!.key}` },
  ])
})

test('noise is silenced only where that is on, and no longer when it is told after all', async () => {
  const started = Date.now() - 5 * minute
  await db.changes.upsert({
    id: 'mw-1',
    kind: 'maintenance',
    title: 'Disk swap',
    startedAt: started - minute,
    endedAt: null,
    scope: { hosts: ['pay-a-1'] },
    author: null,
  })
  const slow = alert('b1', 'DiskSlow', { entity: 'pay-a-1', startsAt: Math.floor(started / 1000) * 1000 })
  await db.alerts.receive('am', [alert('a1', 'ErrorsHigh', { endsAt: Date.now() }), slow], { pulled: true })
  expect(await triage('r2')).toMatchObject({ found: 'noise', silenced: 'nothing' })
  expect(await activeSilences()).toEqual([])

  await db.settings.setAlertSuppression(true, 'ana@example.com')
  expect(await triage('r3')).toMatchObject({ found: 'noise', silenced: 'silenced' })
  const [silence, ...others] = await activeSilences()
  expect(others).toEqual([])
  expect(silence!.comment).toMatch(
    /^Noise by Tenon's triage: Maintenance of pay-a-1 .* https:\/\/tenon\.example\/alerts\/b1-/,
  )
  const [group] = (await db.alerts.list({ text: 'Disk swap' })).groups
  expect(group).toMatchObject({ verdict: 'expected-change', silence: { link: expect.stringMatching(/^\/actions\//) } })
  expect(await triage('r4')).toMatchObject({ found: 'none', silenced: 'nothing' })

  // The maintenance is over for a while, and it still fires.
  await db.changes.upsert({
    id: 'mw-1',
    kind: 'maintenance',
    title: 'Disk swap',
    startedAt: started - minute,
    endedAt: started + minute,
    scope: { hosts: ['pay-a-1'] },
    author: null,
  })
  expect(await triage('r5', Date.now() + 30 * minute)).toMatchObject({ recorded: 'told' })
  expect(await activeSilences()).toEqual([])
  expect((await db.alerts.list({ text: 'DiskSlow' })).groups).toMatchObject([
    { verdict: 'undetermined', silence: null },
  ])
})
