/** The server on a real database; in Temporal's place stands an engine of the tests, which notes what it is asked. */
import { createCatalogue, createLiveData, analysisSource } from '@tenon/data'
import { createSecretBox, openDatabase, type Database, type Role } from '@tenon/db'
import { migrate } from '@tenon/db/migrate'
import { createTestDatabase } from '@tenon/db/test-database'
import {
  scheduleId,
  type DecideApproval,
  type DeliverEvent,
  type Delivered,
  type Entered,
  type GateOf,
  type LeaveGate,
  type RunInput,
  type SettleAction,
} from '@tenon/runbook'
import { createExpressRunner } from '@tenon/express'
import { catalogue, findNode } from '@tenon/activities'
import { appRouter } from '../api/router.ts'
import { createCallerFactory } from '../api/trpc.ts'
import { createAuth } from '../auth.ts'
import { createChainHealth } from '../chain-health.ts'
import { createCompile } from '../compile.ts'
import type { Engine } from '../engine.ts'
import { followModel } from '../follow-model.ts'
import { createLiveHub } from '../live-hub.ts'
import { createReportFonts } from '../report/pdf/pdf-fonts.ts'
import { createTemplates } from '../runbook-templates.ts'
import type { Services } from '../services.ts'
import { createTokenCache } from '../token-cache.ts'
import type { ScheduleName, ScheduleStatus, WantedSchedule } from '../temporal-schedules.ts'

export const publicUrl = 'http://127.0.0.1:3000'

/** Put behind `Engine` by tests only: it starts nothing. */
export class TestEngine implements Engine {
  readonly started: RunInput[] = []
  readonly cancelled: string[] = []
  readonly backtests: string[] = []
  readonly settled: SettleAction[] = []
  readonly decided: { runId: string; decision: DecideApproval }[] = []
  readonly delivered: { runId: string; delivery: DeliverEvent }[] = []
  readonly schedules = new Map<string, WantedSchedule>()
  readonly backfilled: { id: string; from: number; to: number }[] = []
  /** Thrown by every call while set. */
  down: Error | null = null
  /** The answer of a concurrency key's gate; without it every run begins. */
  entered: ((input: RunInput, key: string) => Entered) | null = null

  async startRun(
    input: RunInput,
    { concurrencyKey = null }: { concurrencyKey?: string | null } = {},
  ): Promise<Entered> {
    this.assertUp()
    if (this.entered && concurrencyKey !== null) return this.entered(input, concurrencyKey)
    this.started.push(input)
    return { disposition: 'ran', runId: input.context.runId }
  }
  async cancelRun(runId: string): Promise<void> {
    this.assertUp()
    this.cancelled.push(runId)
  }
  async leaveGate(_of: GateOf, { runId }: LeaveGate): Promise<void> {
    this.assertUp()
    this.cancelled.push(runId)
  }
  async deliverEvent(runId: string, delivery: DeliverEvent): Promise<Delivered> {
    this.assertUp()
    this.delivered.push({ runId, delivery })
    return { taken: true }
  }
  async startBacktest(backtestId: string): Promise<void> {
    this.assertUp()
    this.backtests.push(backtestId)
  }
  async decideApproval(runId: string, decision: DecideApproval): Promise<void> {
    this.assertUp()
    this.decided.push({ runId, decision })
  }
  async revertAction(): Promise<void> {
    this.assertUp()
  }
  async renewLease(): Promise<void> {
    this.assertUp()
  }
  async settleAction(settle: SettleAction): Promise<void> {
    this.assertUp()
    this.settled.push(settle)
  }
  async putSchedule(wanted: WantedSchedule): Promise<void> {
    this.assertUp()
    this.schedules.set(scheduleId(wanted), wanted)
  }
  async removeSchedule(name: ScheduleName): Promise<void> {
    await this.removeScheduleById(scheduleId(name))
  }
  async removeScheduleById(id: string): Promise<void> {
    this.assertUp()
    this.schedules.delete(id)
  }
  async scheduleIds(runbook?: string): Promise<string[]> {
    this.assertUp()
    return [...this.schedules].flatMap(([id, wanted]) => (runbook && wanted.runbook !== runbook ? [] : [id]))
  }
  async scheduleStatus(name: ScheduleName): Promise<ScheduleStatus | null> {
    this.assertUp()
    const wanted = this.schedules.get(scheduleId(name))
    return wanted ? { paused: wanted.paused, next: [], recent: [], missed: 0, skipped: 0 } : null
  }
  async backfillSchedule(name: ScheduleName, span: { from: number; to: number }): Promise<boolean> {
    this.assertUp()
    const id = scheduleId(name)
    if (!this.schedules.has(id)) return false
    this.backfilled.push({ id, ...span })
    return true
  }
  async ping(): Promise<void> {
    this.assertUp()
  }
  async close(): Promise<void> {}

  private assertUp(): void {
    if (this.down) throw this.down
  }
}

export interface ServerWorld {
  db: Database
  engine: TestEngine
  services: Services
  /** Calls procedures as a new user of this role. */
  as(role: Role): Promise<ReturnType<typeof createCaller>>
  close(): Promise<void>
}

const createCaller = createCallerFactory(appRouter)

export async function openServer(): Promise<ServerWorld> {
  const database = await createTestDatabase()
  await migrate(database.url)
  const secretBox = createSecretBox(Buffer.alloc(32, 7).toString('base64'))
  const db = openDatabase(database.url, { secretBox })
  const engine = new TestEngine()
  const live = createLiveHub(db)
  const liveData = createLiveData({
    store: db.modelFiles,
    folder: null,
    sources: (name) => db.connections.address(name),
    own: { analysis: analysisSource(db.analysis) },
    onNotice: () => undefined,
  })
  followModel(live, () => liveData.reload())
  const data = () => liveData.current()
  const services: Services = {
    configuration: { publicUrl },
    db,
    engine,
    auth: createAuth({ db, publicUrl, secret: secretBox.derive('sessions') }),
    catalogue,
    compile: createCompile(db),
    express: createExpressRunner({
      nodes: { find: findNode },
      contextFor: async () => ({ data: await data(), changes: db.changes, alerts: db.alerts }),
      record: (batch) => db.runs.createMany(batch),
    }),
    data,
    liveData,
    dataCatalogue: createCatalogue(),
    chainHealth: createChainHealth({ data }),
    reportFonts: createReportFonts([]),
    templates: createTemplates(null),
    live,
    tokens: createTokenCache(db.tokens, live),
  }
  let people = 0
  return {
    db,
    engine,
    services,
    async as(role) {
      people += 1
      const { id, name, email } = await db.users.create({ name: role, email: `${role}-${people}@example.com`, role })
      const headers = new Headers({ origin: publicUrl })
      return createCaller({
        services,
        actor: { kind: 'user', id, name, email, role },
        headers,
        answerHeaders: new Headers(),
      })
    },
    async close() {
      await liveData.close()
      await db.close()
      await database.drop()
    },
  }
}

/** A runbook of one node that computes. */
export const runbookSource = (name: string, more = ''): string => `tenon: 1
name: ${name}
title: ${name}
params:
  chain: { type: chain, default: card-payment }
nodes:
  conclude: { type: judge.conclude }
${more}`

/** Makes and publishes a runbook, as an editor does. */
export async function publishRunbook(
  world: ServerWorld,
  { name, more }: { name: string; more?: string },
): Promise<void> {
  const editor = await world.as('editor')
  await editor.runbooks.create({ source: runbookSource(name, more) })
  await editor.runbooks.publish({ name, revision: 1 })
}
