/** The server on a real database; in Temporal's place stands an engine of the tests, which notes what it is asked. */
import { createDataService } from '@tenon/data'
import { createSecretBox, openDatabase, type Database, type Role } from '@tenon/db'
import { migrate } from '@tenon/db/migrate'
import { createTestDatabase } from '@tenon/db/test-database'
import { compileRunbook, type RunInput } from '@tenon/runbook'
import { catalogue } from '@tenon/activities'
import { appRouter } from '../api/router.ts'
import { createCallerFactory } from '../api/trpc.ts'
import { createAuth } from '../auth.ts'
import { createChainHealth } from '../chain-health.ts'
import type { Engine } from '../engine.ts'
import type { Services } from '../services.ts'

export const publicUrl = 'http://127.0.0.1:3000'

/** Put behind `Engine` by tests only: it starts nothing. */
export class TestEngine implements Engine {
  readonly started: RunInput[] = []
  readonly cancelled: string[] = []
  /** Thrown by every call while set. */
  down: Error | null = null

  async startRun(input: RunInput): Promise<void> {
    this.assertUp()
    this.started.push(input)
  }
  async cancelRun(runId: string): Promise<void> {
    this.assertUp()
    this.cancelled.push(runId)
  }
  async decideApproval(): Promise<void> {
    this.assertUp()
  }
  async revertAction(): Promise<void> {
    this.assertUp()
  }
  async renewLease(): Promise<void> {
    this.assertUp()
  }
  async putSchedule(): Promise<void> {
    this.assertUp()
  }
  async removeSchedule(): Promise<void> {
    this.assertUp()
  }
  async nextFiring(): Promise<null> {
    this.assertUp()
    return null
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
  const model = { tenonModel: 1 as const, entities: [], tables: {}, relations: [], chains: [] }
  const data = async () => createDataService({ model, sources: async () => null })
  const services: Services = {
    configuration: { publicUrl },
    db,
    engine,
    auth: createAuth({ db, publicUrl, secret: secretBox.derive('sessions') }),
    catalogue,
    compile: (source) => compileRunbook(source, catalogue),
    data,
    chainHealth: createChainHealth({ data, db }),
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
