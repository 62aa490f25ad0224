/** Tenon as `npm start` runs it, without the demo, and what the engine bench's runbooks ask. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '@tenon/db'
import { startStack } from '@tenon/stack'
import * as z from 'zod'
import { createClient, type Client } from './engine-client.ts'
import { benchModel } from './engine-runbooks.ts'
import { openTarget, type Target } from './engine-target.ts'

export interface EngineWorld {
  client: Client
  target: Target
  /** Creates a runbook, or saves its draft anew. @returns the draft's revision. */
  save(name: string, source: string): Promise<number>
  /** @returns the version. */
  publish(name: string, revision: number): Promise<number>
  /** Both. */
  put(name: string, source: string): Promise<number>
  pids: Record<string, number>
  databaseUrl: string
  close(): Promise<void>
}

/** A read asks in two turns, a few queries side by side in each: queries of 50 ms make a read of 100 ms. */
export const queryMs = 50
export const hookMs = 20

const saved = z.object({ draft: z.object({ revision: z.number() }) })
const published = z.object({ version: z.number() })

export async function openEngineWorld(say: (line: string) => void): Promise<EngineWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'tenon-bench-'))
  const model = join(folder, 'model')
  mkdirSync(model)
  writeFileSync(join(model, 'bench.yaml'), benchModel())
  const target = await openTarget({ queryMs, hookMs })
  // A limit of calls would be what is measured.
  process.env['TENON_API_RATE'] = '0'
  const stack = await startStack({
    home: join(folder, 'home'),
    demo: false,
    environment: { ...process.env, TENON_MODEL_DIR: model },
    report: { ready: (part, milliseconds, detail) => say(`${part}: ${Math.round(milliseconds)} ms ${detail}`) },
  })
  const token = await prepare(stack.databaseUrl, target)
  const client = createClient({ url: stack.url, token })
  const revisions = new Map<string, number>()

  async function expectOk(method: 'POST' | 'PUT', path: string, body: unknown): Promise<unknown> {
    const answer = await client.call(method, path, body)
    if (answer.status >= 200 && answer.status < 300) return answer.body
    throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body).slice(0, 800)}`)
  }
  const save = async (name: string, source: string): Promise<number> => {
    const baseRevision = revisions.get(name)
    const body = { source, ...(baseRevision === undefined ? {} : { baseRevision }) }
    const { draft } = saved.parse(await expectOk('PUT', `/api/v1/runbooks/${name}`, body))
    revisions.set(name, draft.revision)
    return draft.revision
  }
  const publish = async (name: string, revision: number): Promise<number> =>
    published.parse(await expectOk('POST', `/api/v1/runbooks/${name}/publish`, { revision })).version

  return {
    client,
    target,
    save,
    publish,
    put: async (name, source) => publish(name, await save(name, source)),
    pids: stack.pids,
    databaseUrl: stack.databaseUrl,
    async close() {
      client.close()
      await Promise.all([stack.stop(), target.close()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Connections and a token: what a person sets up once. @returns the token. */
async function prepare(databaseUrl: string, target: Target): Promise<string> {
  const db = openDatabase(databaseUrl, { connections: 2 })
  try {
    for (let index = 0; index < 10; index += 1) {
      await db.connections.save({ name: `bench-${index}`, kind: 'prometheus', url: `${target.url}/s${index}` })
    }
    await db.connections.save({ name: 'bench-hook', kind: 'webhook', url: `${target.url}/hook` })
    const user = await db.users.create({ name: 'Bench', email: 'bench@example.invalid', role: 'admin' })
    const made = await db.tokens.create({ name: 'bench', role: 'admin', userId: user.id, expiresAt: null })
    return made.token
  } finally {
    await db.close()
  }
}
