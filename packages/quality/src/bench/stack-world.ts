/** Tenon as `npm start` runs it, without the demo, for benches whose runs change something. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSecretBox, openDatabase, type Database } from '@tenon/db'
import { startStack, type Stack } from '@tenon/stack'
import * as z from 'zod'
import { createClient, type Client } from './engine-client.ts'

export interface StackWorld {
  client: Client
  token: string
  url: string
  stack: Stack
  db: Database
  /** Saves a runbook and publishes it. */
  publish(name: string, source: string): Promise<void>
  close(): Promise<void>
}

export interface StackWorldOptions {
  /** Folder of the model. */
  model: string
  connections: readonly Parameters<Database['connections']['save']>[0][]
  say: (line: string) => void
}

const saved = z.object({ draft: z.object({ revision: z.number() }) })

export async function openStackWorld({ model, connections, say }: StackWorldOptions): Promise<StackWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'tenon-bench-'))
  // A limit of calls would be what is measured.
  process.env['TENON_API_RATE'] = '0'
  const stack = await startStack({
    home: join(folder, 'home'),
    demo: false,
    environment: { ...process.env, TENON_MODEL_DIR: model },
    report: { ready: (part, milliseconds, detail) => say(`${part}: ${Math.round(milliseconds)} ms ${detail}`) },
  })
  const secretBox = createSecretBox(readFileSync(join(folder, 'home', 'encryption.key'), 'utf8'))
  const db = openDatabase(stack.databaseUrl, { connections: 4, secretBox })
  const user = await db.users.create({ name: 'Bench', email: 'bench@example.invalid', role: 'admin' })
  const { token } = await db.tokens.create({ name: 'bench', role: 'admin', userId: user.id, expiresAt: null })
  const client = createClient({ url: stack.url, token })
  for (const connection of connections) await db.connections.save(connection)
  await mayActAlone(db)
  return {
    client,
    token,
    url: stack.url,
    stack,
    db,
    async publish(name, source) {
      const { draft } = saved.parse(await expectOk(client, 'PUT', `/api/v1/runbooks/${name}`, { source }))
      await expectOk(client, 'POST', `/api/v1/runbooks/${name}/publish`, { revision: draft.revision })
    },
    async close() {
      client.close()
      await db.close()
      await stack.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Runs ask nobody, and are more than people would let act in an hour. A grant would not do: it ends with the first action that a kill leaves unverified. */
async function mayActAlone({ actionRules }: Database): Promise<void> {
  const policy = await actionRules.policy()
  const rates = { all: null, runbook: null, target: null }
  const autonomy = { ...policy.autonomy, required: false }
  const interlocks = { ...policy.interlocks, oneZone: false }
  await actionRules.setPolicy({ ...policy, rates, flap: null, failures: null, autonomy, interlocks }, 'bench')
}

async function expectOk(client: Client, method: 'POST' | 'PUT', path: string, body: unknown): Promise<unknown> {
  const answer = await client.call(method, path, body)
  if (answer.status >= 200 && answer.status < 300) return answer.body
  throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body).slice(0, 800)}`)
}
