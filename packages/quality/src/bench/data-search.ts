/**
 * The catalogue at its size: a server with a model of 50,000 data services is searched over its API as people type, and the type check of a program
 * that uses the SDK which it writes.
 */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { openDatabase } from '@tenon/db'
import { startStack } from '@tenon/stack'
import * as z from 'zod'
import type { BenchOptions, Measured } from './bench.ts'
import { percentile, rounded } from './percentile.ts'
import { companyModel, searches } from './data-search-model.ts'

const ROUNDS = 10
const run = promisify(execFile)
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc')

interface Api {
  url: string
  token: string
}

export async function measureSearch({ say }: BenchOptions): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'tenon-bench-search-'))
  try {
    const model = companyModel()
    await mkdir(join(folder, 'model'))
    await writeFile(join(folder, 'model', 'company.yaml'), model.text)
    say(`Starting Tenon with ${model.services} data services`)
    // A limit of calls would be what is measured.
    process.env['TENON_API_RATE'] = '0'
    const stack = await startStack({
      home: join(folder, 'home'),
      demo: false,
      environment: { ...process.env, TENON_MODEL_DIR: join(folder, 'model') },
    })
    try {
      const api = { url: stack.url, token: await tokenFor(stack.databaseUrl) }
      const search = await measureSearches(api, say)
      const check = await measureTypeCheck(api, join(folder, 'sdk'), say)
      return {
        figures: { search_p95_ms: search.p95, sdk_typecheck_s: check.seconds },
        notes: [
          `search: ${model.services} services; p50 ${search.p50} ms, over the API; the first search, which waits for the index, took ${search.firstSeconds} s, and meanwhile the server answered others within ${search.heldMs} ms.`,
          `sdk: a program of one domain with ${check.services} services; the SDK was written in ${check.writtenSeconds} s.`,
          ...search.wrong.map((text) => `search: "${text}" did not find what it should.`),
        ],
      }
    } finally {
      await stack.stop()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What a person sets up once. */
async function tokenFor(databaseUrl: string): Promise<string> {
  const db = openDatabase(databaseUrl)
  try {
    const user = await db.users.create({ name: 'Bench', email: 'bench@example.com', role: 'viewer' })
    return (await db.tokens.create({ name: 'bench', role: 'viewer', userId: user.id, expiresAt: null })).token
  } finally {
    await db.close()
  }
}

async function measureSearches(api: Api, say: (line: string) => void) {
  const asked = { done: false }
  const held = longestAnswer(api, asked)
  const firstMs = await timed(() => find(api, searches[0]!.text))
  asked.done = true
  const heldMs = await held
  say(`first search ${(firstMs.ms / 1000).toFixed(1)} s`)
  const times: number[] = []
  const wrong = new Set<string>()
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { text, ref } of searches) {
      const { ms, value } = await timed(() => find(api, text))
      times.push(ms)
      if (ref !== null && value[0] !== ref) wrong.add(text)
    }
  }
  return {
    p50: rounded(percentile(times, 0.5), 1),
    p95: rounded(percentile(times, 0.95), 1),
    firstSeconds: rounded(firstMs.ms / 1000, 2),
    heldMs: rounded(heldMs, 0),
    wrong: [...wrong],
  }
}

/** How long others had to wait while the index was made. */
async function longestAnswer({ url }: Api, asked: { done: boolean }): Promise<number> {
  let longest = 0
  while (!asked.done) {
    const { ms } = await timed(() => fetch(`${url}/healthz`).then((answer) => answer.text()))
    longest = Math.max(longest, ms)
  }
  return longest
}

const found = z.object({ items: z.array(z.object({ ref: z.string() })) })
const sdk = z.object({
  domains: z.array(z.object({ id: z.string(), services: z.number() })),
  files: z.array(z.object({ path: z.string(), text: z.string() })),
})

async function find(api: Api, text: string): Promise<string[]> {
  const { items } = found.parse(await get(api, `/api/v1/data/services?search=${encodeURIComponent(text)}`))
  return items.map(({ ref }) => ref)
}

async function measureTypeCheck(api: Api, folder: string, say: (line: string) => void) {
  const { ms, value } = await timed(async () => sdk.parse(await get(api, '/api/v1/data/sdk?language=typescript')))
  await mkdir(folder)
  for (const { path, text } of value.files) await writeFile(join(folder, path), text)
  await writeFile(join(folder, 'main.ts'), program)
  const check = await timed(() =>
    run(process.execPath, [tsc, '--noEmit', '--strict', '--target', 'esnext', '--module', 'nodenext', 'main.ts'], {
      cwd: folder,
    }),
  )
  say(`type check ${(check.ms / 1000).toFixed(2)} s`)
  return {
    seconds: rounded(check.ms / 1000, 2),
    writtenSeconds: rounded(ms / 1000, 1),
    services: value.domains.find(({ id }) => id === 'service')?.services ?? 0,
  }
}

const program = `import { connect } from './index.js'
import { service } from './service.js'

const tenon = connect({ url: 'http://127.0.0.1:3000', token: '' })
const answer = await service(tenon, 'payment-create-order').successRate({ where: { zone: 'A' }, groupBy: ['host'], from: '-1h' })
const host: string | undefined = answer.series[0]?.dimensions.host
// @ts-expect-error it has no such measure
void service(tenon, 'payment-create-order').sucessRate
export { host }
`

async function get({ url, token }: Api, path: string): Promise<unknown> {
  const answer = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } })
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${(await answer.text()).slice(0, 200)}`)
  return answer.json()
}

async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; value: T }> {
  const began = performance.now()
  const value = await work()
  return { ms: performance.now() - began, value }
}
