/** Tenon as `npm start` runs it, without the demo, before an edge that counts; and the runbooks of the resume bench. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSecretBox, openDatabase, type Database } from '@tenon/db'
import { startStack, type Stack } from '@tenon/stack'
import * as z from 'zod'
import { createClient, type Client } from './engine-client.ts'
import { startCountingEdge, type CountingEdge } from './resume-edge.ts'

export interface ResumeWorld {
  client: Client
  token: string
  url: string
  stack: Stack
  db: Database
  edge: CountingEdge
  hookSecret: string
  close(): Promise<void>
}

/** Each has its own lane of switches: one action at a time may be in flight on a target. */
export const lanes = ['payment', 'trade-create', 'cashier-render'] as const
export const leaseSeconds = 10

const switching = `tenon: 1
name: resume-switch
title: Switch and wait
params:
  entity: { type: string }
nodes:
  before: { type: steer.wait, with: { for: 1s } }
  switch: { type: act.traffic-switch, with: { entity: "\${params.entity}", fromZone: A, toZone: B, lease: ${leaseSeconds}s } }
  after: { type: steer.wait, with: { for: 1s } }
edges:
  - { from: before, on: done, to: switch }
  - { from: switch, on: always, to: after }
onFailure: keep
`

/** Its runs ask nobody, and are more than people would let act in an hour. */
async function mayActAlone({ actionRules }: Database): Promise<void> {
  const policy = await actionRules.policy()
  const rates = { all: null, runbook: null, target: null }
  const autonomy = { ...policy.autonomy, supervisedSuccesses: 0 }
  const interlocks = { ...policy.interlocks, oneZone: false }
  await actionRules.setPolicy({ ...policy, rates, flap: null, failures: null, autonomy, interlocks }, 'bench')
  const refusal = await actionRules.grant({
    runbook: 'resume-switch',
    kind: 'traffic-switch',
    level: 'automatic',
    reason: 'Nobody is there to approve',
    by: 'bench',
  })
  if (refusal) throw new Error(refusal.message)
}

const waiting = `tenon: 1
name: resume-wait
title: Wait and count
triggers:
  hook: { kind: webhook, format: generic, secret: resume-hook }
nodes:
  first: { type: steer.set-values, with: { values: { value: 1 } } }
  pause: { type: steer.wait, with: { for: 2s } }
  last: { type: steer.set-values, with: { values: { value: 2 } } }
edges:
  - { from: first, on: done, to: pause }
  - { from: pause, on: done, to: last }
`

const saved = z.object({ draft: z.object({ revision: z.number() }) })

export async function openResumeWorld(say: (line: string) => void): Promise<ResumeWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'tenon-bench-'))
  const edge = await startCountingEdge(lanes)
  process.env['TENON_API_RATE'] = '0'
  const stack = await startStack({
    home: join(folder, 'home'),
    demo: false,
    environment: { ...process.env },
    report: { ready: (part, milliseconds, detail) => say(`${part}: ${Math.round(milliseconds)} ms ${detail}`) },
  }).catch(async (error: unknown) => {
    await edge.close()
    throw error
  })
  const hookSecret = randomBytes(24).toString('hex')
  const secretBox = createSecretBox(readFileSync(join(folder, 'home', 'encryption.key'), 'utf8'))
  const db = openDatabase(stack.databaseUrl, { connections: 4, secretBox })
  const user = await db.users.create({ name: 'Bench', email: 'bench@example.invalid', role: 'admin' })
  const { token } = await db.tokens.create({ name: 'bench', role: 'admin', userId: user.id, expiresAt: null })
  const client = createClient({ url: stack.url, token })
  await db.connections.save({ name: 'shop-edge', kind: 'http-edge', url: edge.address })
  await mayActAlone(db)
  await db.connections.save({ name: 'resume-hook', kind: 'hook', url: '', secret: hookSecret })
  return {
    client,
    token,
    url: stack.url,
    stack,
    db,
    edge,
    hookSecret,
    async close() {
      client.close()
      await db.close()
      await Promise.all([stack.stop(), edge.close()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Publishes the bench's runbooks. */
export async function publishRunbooks({ client }: ResumeWorld): Promise<void> {
  for (const [name, source] of [
    ['resume-switch', switching],
    ['resume-wait', waiting],
  ]) {
    const { draft } = saved.parse(await expectOk(client, 'PUT', `/api/v1/runbooks/${name}`, { source }))
    await expectOk(client, 'POST', `/api/v1/runbooks/${name}/publish`, { revision: draft.revision })
  }
}

async function expectOk(client: Client, method: 'POST' | 'PUT', path: string, body: unknown): Promise<unknown> {
  const answer = await client.call(method, path, body)
  if (answer.status >= 200 && answer.status < 300) return answer.body
  throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body).slice(0, 800)}`)
}
