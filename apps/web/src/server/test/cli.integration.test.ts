/** The command line as people use it: its own process, against the REST API over HTTP, on a real database. */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startRestServer, type RestServer } from './rest-server.ts'
import { openServer, type ServerWorld } from './server-world.ts'

const main = fileURLToPath(new URL('../../../../../packages/cli/src/main.ts', import.meta.url))

let world: ServerWorld
let server: RestServer
let folder: string
let token: string

beforeAll(async () => {
  world = await openServer()
  server = await startRestServer(world.services)
  folder = await mkdtemp(join(tmpdir(), 'tenon-cli-'))
  const owner = await world.db.users.create({ name: 'Ada', email: 'ada@example.com', role: 'admin' })
  token = (await world.db.tokens.create({ name: 'git', role: 'admin', userId: owner.id, expiresAt: null })).token
})
afterAll(async () => {
  await server?.close()
  await world?.close()
  await rm(folder, { recursive: true, force: true })
})

interface Ended {
  code: number
  out: string
  err: string
}

function tenon(...args: string[]): Promise<Ended> {
  const env = { ...process.env, TENON_URL: server.url, TENON_TOKEN: token }
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], { env, cwd: folder }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, err })
    })
  })
}

const source = (name: string, more = '') => `# ${name}, kept in Git.
tenon: 1
name: ${name}
title: ${name}
nodes:
  conclude: { type: judge.conclude } # the only step
${more}`

const write = (name: string, text: string) => writeFile(join(folder, name), text)

describe('apply', () => {
  test('a dry run says what it would do and does nothing', async () => {
    await write('one.yaml', source('one'))
    await write('two.yaml', source('two'))
    const { code, out } = await tenon('apply', '-f', '.', '--dry-run')
    expect([code, out]).toEqual([0, 'create one\ncreate two\n2 to change; nothing was done.\n'])
    expect(await world.db.runbooks.list()).toEqual([])
  })

  test('files are published as they are written, and a second time nothing is left to do', async () => {
    expect((await tenon('apply', '-f', '.')).out).toContain('create one (version 1)')
    expect((await world.db.runbooks.draft('one')).source).toBe(source('one'))
    expect((await world.db.runbooks.draft('one')).savedBy).toBe('apply:git')
    expect((await tenon('apply', '-f', '.')).out).toBe('unchanged one\nunchanged two\n0 changed, 2 unchanged.\n')
  })

  test('what changes is said; comments alone make no version', async () => {
    await write('one.yaml', source('one', 'timeout: 2h\n'))
    await write('two.yaml', `${source('two')}# More words.\n`)
    const { out } = await tenon('apply', '-f', '.')
    expect(out).toMatch(/^update one \(version 2\)\n {4}timeout 1h → 2h\ntext only two/)
    expect((await world.db.runbooks.get('two'))?.publishedVersion).toBe(1)
    expect((await world.db.runbooks.draft('two')).source).toContain('# More words.')
  })

  test('one file with an error, and nothing of the others is changed', async () => {
    await write('one.yaml', source('one', 'timeout: 3h\n'))
    await write('two.yaml', source('two').replace('judge.conclude', 'judge.nothing'))
    const { code, out, err } = await tenon('apply', '-f', '.')
    expect(code).toBe(1)
    expect(out).toMatch(/two\.yaml:6:\d+: error: /)
    expect(err).toContain('Nothing is applied: 1 error.')
    const refused = await server.call('POST', '/api/v1/apply', {
      token,
      body: {
        files: [
          { path: 'one.yaml', source: source('one', 'timeout: 3h\n') },
          { path: 'two.yaml', source: 'nodes: 3' },
        ],
      },
    })
    expect([refused.status, refused.body.code]).toEqual([422, 'document-invalid'])
    expect(refused.body.problems[0].message).toMatch(/^two\.yaml:/)
    expect((await world.db.runbooks.draft('one')).source).toContain('timeout: 2h')
  })

  test('pruning deletes what an apply made, and leaves what people made or changed', async () => {
    await write('two.yaml', source('two'))
    await write('three.yaml', source('three'))
    await tenon('apply', '-f', '.')
    const editor = await world.as('editor')
    await editor.runbooks.create({ source: source('by-hand') })
    const { revision } = await world.db.runbooks.draft('three')
    await editor.runbooks.saveDraft({ name: 'three', baseRevision: revision, source: source('three', 'timeout: 9h\n') })
    await rm(join(folder, 'two.yaml'))
    await rm(join(folder, 'three.yaml'))
    expect((await tenon('apply', '-f', '.', '--prune', '--dry-run')).out).toContain('delete two')
    expect((await tenon('apply', '-f', '.', '--prune')).code).toBe(0)
    expect((await world.db.runbooks.list()).map(({ name }) => name).toSorted()).toEqual(['by-hand', 'one', 'three'])
  })

  test('runbooks that run each other are published in their order, whatever the files are called', async () => {
    const call = 'steer.run-runbook, with: { runbook: zz-child } }'
    await write('aa.yaml', source('aa-parent').replace('judge.conclude }', call))
    await write('zz.yaml', source('zz-child'))
    expect((await tenon('apply', '-f', '.', '--dry-run')).code).toBe(0)
    const { code, out, err } = await tenon('apply', '-f', '.')
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/create zz-child[^]*create aa-parent/)
    const child = await world.db.runbooks.published('zz-child')
    const parent = await world.db.runbooks.published('aa-parent')
    expect(parent?.plan.steps[0]?.child).toEqual({ runbook: 'zz-child', version: 1, planHash: child?.planHash })
    await rm(join(folder, 'aa.yaml'))
    await rm(join(folder, 'zz.yaml'))
    await tenon('apply', '-f', '.', '--prune')
  })

  test('an edit by hand that Git replaces is named', async () => {
    await write('three.yaml', source('three'))
    const { out } = await tenon('apply', '-f', '.')
    expect(out).toMatch(/warning: The draft that editor\S* saved at \S+ is replaced\./)
  })
})

describe('run', () => {
  test('start, get and logs; -o json is the answer itself', async () => {
    const started = await tenon('run', 'start', 'one', '-o', 'json')
    expect([started.code, started.err]).toEqual([0, ''])
    const { id, status } = JSON.parse(started.out)
    expect(status).toBe('running')
    expect((await tenon('run', 'get', id)).out).toContain(`run        ${id}`)
    expect((await tenon('run', 'logs', id)).code).toBe(0)
    expect((await tenon('report', id)).out).toMatch(/^# Beginning…\n\nRunning\n/)
    const pdf = join(folder, 'report.pdf')
    expect((await tenon('report', id, '--format', 'pdf', '--out', pdf)).out).toBe(`${pdf}\n`)
    expect((await readFile(pdf)).subarray(0, 5).toString()).toBe('%PDF-')
    expect((await tenon('run', 'cancel', id, '--reason', 'enough')).code).toBe(0)
    expect(world.engine.cancelled).toContain(id)
  })

  test('lists and texts', async () => {
    expect((await tenon('runbook', 'list')).out).toMatch(/^NAME +PUBLISHED/)
    expect((await tenon('runbook', 'get', 'one')).out).toBe(await readFile(join(folder, 'one.yaml'), 'utf8'))
    expect((await tenon('diff', 'one.yaml')).err).toContain('They mean the same.')
    expect((await tenon('runbook', 'diff', 'one', '--from', '1', '--to', '2')).out).toBe('timeout 1h → 2h\n')
  })

  test.each([
    [['run', 'start', 'nothing'], 1, /There is no runbook "nothing". \(unknown-runbook\)/],
    [['run', 'get', 'nothing'], 1, /There is no run nothing/],
    [['run', 'start', 'one', '-p', 'x=1'], 1, /There is no parameter "x"/],
    [['run', 'start'], 2, /RUNBOOK is missing/],
    [['run', 'start', 'one', '-p', 'x'], 2, /"x" is not a parameter/],
    [['backtest', 'get', 'nothing'], 1, /There is no backtest nothing/],
  ] as const)('%j ends with %i', async (args, code, message) => {
    const ended = await tenon(...args)
    expect(ended.code).toBe(code)
    expect(ended.err).toMatch(message)
  })
})

describe('model', () => {
  const model = (name: string, text: string) => writeInto(join(folder, 'model'), name, text)
  const entity = (id: string) => `tenonModel: 1 # Ours.\nentities:\n  - { id: ${id}, kind: service }\n`

  test('files are checked, and pushed as they are written', async () => {
    await model('shop.yaml', entity('gateway'))
    await model('generated/a.yaml', entity('payment'))
    expect((await tenon('model', 'check')).out).toBe('ok: 2 files\n')
    expect((await tenon('model', 'push', '--dry-run')).out).toContain('2 to change; nothing was done.')
    expect(await world.db.modelFiles.list()).toEqual([])
    expect((await tenon('model', 'push')).out).toBe(
      'create generated/a.yaml\ncreate shop.yaml\n2 changed, 0 unchanged.\n',
    )
    expect(await (await world.services.data()).entity({ kind: 'service' })).toHaveLength(2)
  })

  test('what is gone from the folder is removed with --prune, and the other way round', async () => {
    await rm(join(folder, 'model', 'generated'), { recursive: true })
    expect((await tenon('model', 'push', '--prune')).out).toContain('remove generated/a.yaml')
    await model('mine.yaml', entity('mine'))
    expect((await tenon('model', 'pull', '--prune')).out).toContain('removed model/mine.yaml')
    expect(await readFile(join(folder, 'model', 'shop.yaml'), 'utf8')).toBe(entity('gateway'))
  })

  test('what is wrong is told where it is, and nothing is pushed', async () => {
    await model('wrong.yaml', 'tenonModel: 1\nrelations:\n  - { from: gateway, to: none, kind: calls }\n')
    const checked = await tenon('model', 'check')
    expect(checked.code).toBe(1)
    expect(checked.out).toMatch(/^model\/wrong\.yaml:3: error: /)
    const pushed = await tenon('model', 'push')
    expect([pushed.code, pushed.err]).toEqual([1, expect.stringContaining('wrong.yaml, line 3')])
    expect((await world.db.modelFiles.list()).map(({ path }) => path)).toEqual(['shop.yaml'])
    expect((await tenon('model', 'push', 'nowhere')).err).toContain('nowhere is not there')
  })

  test('a connection that cannot be read is told with what to do', async () => {
    await world.db.connections.save({ name: 'away', kind: 'prometheus', url: 'http://127.0.0.1:1' })
    const { code, err } = await tenon('model', 'discover', 'away')
    expect([code, err]).toEqual([1, expect.stringContaining('http://127.0.0.1:1 cannot be reached')])
    expect((await tenon('model', 'discover', 'none')).err).toContain('There is no connection "none"')
  })
})

async function writeInto(base: string, name: string, text: string): Promise<void> {
  await mkdir(dirname(join(base, name)), { recursive: true })
  await writeFile(join(base, name), text)
}
