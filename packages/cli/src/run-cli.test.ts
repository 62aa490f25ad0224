import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commands } from './commands.ts'
import { exitCodeOf, paramsOf } from './commands/run-start.ts'
import { tenon } from '../test/run-tenon.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenon-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const good = `# Ours.
tenon: 1
name: one
title: One
nodes:
  conclude: { type: judge.conclude }
tests:
  silent:
    at: 2026-03-01T10:00:00Z
    expect: { verdict: inconclusive, path: [conclude] }
`

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, text)
  return path
}

describe('help', () => {
  test('every command has its own, made from the table, and is in the overview', async () => {
    const { out } = await tenon(['--help'])
    for (const command of commands) {
      expect(out).toContain(command.path.join(' '))
      const help = await tenon([...command.path, '--help'])
      expect(help.code).toBe(0)
      expect(help.out).toContain(command.summary)
      for (const [name, { help: text }] of Object.entries(command.options)) {
        expect(help.out).toContain(`--${name}`)
        expect(help.out).toContain(text)
      }
      for (const [, line = ''] of (command.examples ?? []).entries())
        expect(line.startsWith(command.path.join(' ')) || line.startsWith(command.short?.join(' ') ?? '-')).toBe(true)
    }
  })

  test('short options do not collide', () => {
    for (const { options, path } of commands) {
      const shorts = ['o', 'h', ...Object.values(options).flatMap(({ short }) => (short ? [short] : []))]
      expect(new Set(shorts).size, path.join(' ')).toBe(shorts.length)
    }
  })

  test.each([
    [[], /Commands:/],
    [['run', '--help'], /run start/],
  ])('%j', async (words, shown) => {
    expect((await tenon(words)).out).toMatch(shown)
  })
})

describe('usage', () => {
  test.each([
    [['tset', 'x'], 'There is no command "tset".', 'Did you mean "test"?'],
    [['run', 'strat', 'x'], 'There is no command "run strat".', 'Did you mean "run start"?'],
    [['run'], '"run" needs a word more.', 'run start'],
    [['run', 'get'], 'RUN is missing.', 'Usage: tenon run get RUN'],
    [['run', 'get', 'a', 'b'], '"b" is more than the command takes.', 'Usage: tenon run get RUN'],
    [['run', 'start', 'x', '--parm', 'a=b'], "Unknown option '--parm'.", 'Did you mean "--param"?'],
    [['run', 'get', 'x', '-o', 'xml'], '"xml" is not a form of output.', 'json, yaml or table'],
    [['run', 'start', 'x', '--as-of', 'noon'], '"noon" is not a time.', '2026-03-01T10:00:00Z'],
    [['backtest', 'x'], 'Say which moments', 'tenon backtest --help'],
    [['backtest', 'x', '--from', '2026-03-01T00:00:00Z'], 'A range needs', '--every'],
    [['apply'], 'No file is given.', 'tenon apply -f'],
  ])('%j ends with 2 and says what to do', async (words, message, fix) => {
    const { code, out, err } = await tenon(words)
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(`error: ${message}`)
    expect(err).toContain(fix)
  })

  test.each([
    [
      ['chain=card', 'n=3', 'yes=true', 'list=["a"]', 'text=3b7f', 'eq=a=b', 'none='],
      { chain: 'card', n: 3, yes: true, list: ['a'], text: '3b7f', eq: 'a=b', none: '' },
    ],
  ])('parameters %j', (texts, params) => {
    expect(paramsOf(texts)).toEqual(params)
  })
})

describe('offline', () => {
  test('validate: 0 for good files, 1 with places and fixes for others, data with -o json', async () => {
    const fine = await file('good.yaml', good)
    expect(await tenon(['validate', fine])).toMatchObject({ code: 0, out: 'ok: 1 runbook\n', calls: [] })
    const bad = await file('bad.yaml', good.replace('judge.conclude', 'judge.conclud'))
    const { code, out } = await tenon(['validate', bad, fine])
    expect(code).toBe(1)
    expect(out).toMatch(/bad\.yaml:6:\d+: error: .*\n +.*judge\.conclude/)
    const [first] = JSON.parse((await tenon(['validate', bad, '-o', 'json'])).out)
    expect(first).toMatchObject({ path: bad, ok: false, problems: [{ severity: 'error' }] })
    expect((await tenon(['validate', join(folder, 'none.yaml')])).err).toContain('none.yaml is not there.')
  })

  test('test: 0 when all pass, 1 with a line for each difference, 1 when there is none to run', async () => {
    const fine = await file('good.yaml', good)
    expect(await tenon(['test', fine])).toMatchObject({ code: 0, out: `pass ${fine} silent\n1 passed, 0 failed\n` })
    const failing = await file('failing.yaml', good.replace('verdict: inconclusive', 'verdict: normal'))
    const { code, out } = await tenon(['test', failing])
    expect([code, out]).toEqual([
      1,
      `FAIL ${failing} silent\n     Expected verdict normal, got inconclusive.\n0 passed, 1 failed\n`,
    ])
    expect((await tenon(['test', fine, '--only', 'other'])).err).toContain('No test is called other.')
    const none = await file('none.yaml', good.slice(0, good.indexOf('tests:')))
    expect(await tenon(['test', none])).toMatchObject({ code: 1, out: '' })
  })

  test('diff of two files is about meaning; --exit-code tells', async () => {
    const one = await file('one.yaml', good)
    const two = await file('two.yaml', `# Other words.\n${good.replace('title: One', 'title: Two')}`)
    expect(await tenon(['diff', one, two])).toMatchObject({ code: 0, out: 'title One → Two\n' })
    expect((await tenon(['diff', one, two, '--exit-code'])).code).toBe(1)
    expect((await tenon(['diff', one, one, '--exit-code'])).code).toBe(0)
  })

  test('export writes a project, and not into a folder that has files', async () => {
    const path = await file('good.yaml', good)
    const out = join(folder, 'project')
    const made = await tenon(['export', path, '--temporal', '--out', out])
    expect(made.code).toBe(0)
    expect(made.out).toContain(join(out, 'src', 'workflow.ts'))
    expect(await readFile(join(out, 'src', 'workflow.ts'), 'utf8')).toContain('conclude')
    expect((await tenon(['export', path, '--out', out])).err).toContain('is not empty')
    expect((await tenon(['export', path, '--out', out, '--force'])).code).toBe(0)
  })

  test('steps that run other runbooks are checked against their files; of others only a server knows', async () => {
    const child = await file(
      'child.yaml',
      good
        .replace('name: one', 'name: child')
        .replace('nodes:', 'params:\n  chain: { type: chain }\nnodes:')
        .replace('    at:', '    params: { chain: c }\n    at:'),
    )
    const call = 'nodes:\n  sub: { type: steer.run-runbook, with: { runbook: child, params: { chian: x } } }\n'
    const parent = await file('parent.yaml', `${good.slice(0, good.indexOf('nodes:'))}${call}`)
    expect((await tenon(['validate', parent, child])).out).toMatch(/parent\.yaml:6:\d+: error: .*chian/)
    const alone = await tenon(['validate', parent])
    expect([alone.code, alone.err]).toEqual([0, 'Not checked, because only a server knows them: child.\n'])
  })

  test('colours only on a terminal', async () => {
    const fine = await file('good.yaml', good)
    expect((await tenon(['validate', fine], { isTerminal: true })).out).toBe('\x1b[32mok\x1b[0m: 1 runbook\n')
  })
})

describe('server', () => {
  const run = {
    id: 'r1',
    url: 'http://tenon.test/runs/r1',
    runbook: 'one',
    version: 1,
    status: 'succeeded',
    verdict: 'abnormal',
    conclusion: 'Payment lost.',
    requestedBy: 'token:ci',
    asOf: '2026-03-01T10:00:00Z',
    startedAt: '2026-03-01T10:00:00Z',
    endedAt: '2026-03-01T10:00:05Z',
    error: null,
    waitingFor: [],
  }

  test('run start --wait: the verdict is the exit code; -o json is the answer', async () => {
    const answers = { '/api/v1/runbooks/one/runs?wait=50s': { body: run } }
    const { code, out, calls } = await tenon(['run', 'start', 'one', '-p', 'chain=c', '--wait', '-o', 'json'], {
      answers,
    })
    expect(code).toBe(3)
    expect(JSON.parse(out)).toEqual(run)
    expect(calls).toEqual([
      {
        path: '/api/v1/runbooks/one/runs?wait=50s',
        method: 'POST',
        body: { params: { chain: 'c' } },
        token: 'Bearer secret',
      },
    ])
  })

  describe('diagnose', () => {
    const started = {
      runId: 'r1',
      link: run.url,
      runbook: 'one',
      why: 'latency of Payment: Latency rise',
      joined: false,
    }
    const waiting = { ...run, status: 'running', concludedAt: '2026-03-01T10:00:04Z', endedAt: null }
    const path = '/api/v1/diagnoses?wait=50s'

    test('it concludes though the run waits for a person, and says what for; the verdict is the exit code', async () => {
      const { code, out, err, calls } = await tenon(
        [
          'diagnose',
          '--measure',
          'payment.latency-p95',
          '--where',
          'zone=A',
          '--symptom',
          'latency',
          '--at',
          '2026-03-01T10:00:00Z',
        ],
        { answers: { [path]: { body: { ...started, run: waiting } } } },
      )
      expect(code).toBe(3)
      expect(err).toContain('latency of Payment: Latency rise')
      expect(out).toContain('Payment lost.')
      expect(calls.map(({ body }) => body)).toEqual([
        {
          subject: { kind: 'measure', id: 'payment.latency-p95', where: { zone: 'A' } },
          symptom: 'latency',
          at: '2026-03-01T10:00:00Z',
        },
      ])
    })

    test('one that has not concluded is asked for again', async () => {
      const answers = {
        [path]: { body: { ...started, run: { ...waiting, concludedAt: null, verdict: null } } },
        '/api/v1/runs/r1': { body: { ...waiting, verdict: 'inconclusive' } },
      }
      const { code, calls } = await tenon(['diagnose', '--chain', 'card-payment'], { answers })
      expect([code, calls.length]).toEqual([4, 2])
    })

    test.each([
      [[], 'One thing is diagnosed.'],
      [['--chain', 'a', '--entity', 'b'], 'One thing is diagnosed.'],
      [['--chain', 'a', '--symptom', 'sadness'], '"sadness" is no symptom.'],
      [['--chain', 'a', '--since', 'yesterday'], '"yesterday" is not a time.'],
      [['--measure', 'a.b', '--where', 'zone'], '"zone" is no dimension with a value.'],
    ])('%j is refused', async (words, said) => {
      const { code, err } = await tenon(['diagnose', ...words])
      expect([code, err]).toEqual([2, expect.stringContaining(said)])
    })
  })

  test.each([
    ['succeeded', 'normal', 0],
    ['succeeded', null, 0],
    ['succeeded', 'abnormal', 3],
    ['succeeded', 'inconclusive', 4],
    ['failed', 'normal', 1],
    ['cancelled', null, 1],
    ['timed-out', null, 1],
  ] as const)('%s with verdict %s ends with %i', (status, verdict, code) => {
    expect(exitCodeOf({ status, verdict })).toBe(code)
  })

  test('a refusal is told as the server tells it, with every problem', async () => {
    const body = {
      code: 'bad-params',
      detail: 'There is no parameter "x".',
      fix: 'Did you mean "chain"?',
      problems: [
        { message: 'There is no parameter "x".', path: ['params', 'x'] },
        { message: 'There is no parameter "y".', path: ['params', 'y'] },
      ],
    }
    const answers = { '/api/v1/runbooks/one/runs': { status: 400, body } }
    const { code, err } = await tenon(['run', 'start', 'one'], { answers })
    expect(code).toBe(1)
    expect(err).toBe(
      'error: There is no parameter "x". (bad-params)\n  params.x: There is no parameter "x".\n  params.y: There is no parameter "y".\n  Did you mean "chain"?\n',
    )
  })

  test('a server that is away, and one that is not Tenon', async () => {
    expect((await tenon(['run', 'get', 'r1'])).err).toContain(
      'http://tenon.test does not answer. connect ECONNREFUSED. (unreachable)',
    )
    const answers = { '/api/v1/runs/r1': { status: 502, body: '<html>' } }
    expect((await tenon(['run', 'get', 'r1'], { answers })).err).toContain('Check that the address is Tenon’s.')
  })

  test('lists are read to their last page', async () => {
    const row = (name: string) => ({ name, title: name, publishedVersion: null, draftRevision: 1, savedAt: 't' })
    const answers = {
      '/api/v1/runbooks?limit=200': { body: { items: [row('a')], next: 'c' } },
      '/api/v1/runbooks?limit=200&cursor=c': { body: { items: [row('b')], next: null } },
    }
    const { out } = await tenon(['runbook', 'list'], { answers })
    expect(
      out
        .split('\n')
        .slice(1, 3)
        .map((line) => line[0]),
    ).toEqual(['a', 'b'])
  })

  test('approve shows the plan, wants a yes, and sends just the hashes that were shown', async () => {
    const plan = {
      hash: 'sha256:1',
      title: 'Switch',
      target: 't',
      diff: [{ label: 'a', before: '100', after: '0' }],
      facts: [],
      guards: [],
    }
    const asked = { runId: 'r1', stepId: 'ask', question: 'Switch?', status: 'waiting', expiresAt: 't', plans: [plan] }
    const answers = {
      '/api/v1/approvals?status=waiting&limit=200': { body: { items: [asked], next: null } },
      '/api/v1/approvals/r1/ask/decision': { body: { ...asked, status: 'approved' } },
    }
    const unsure = await tenon(['approve', 'r1', 'ask'], { answers })
    expect(unsure.code).toBe(1)
    expect(unsure.err).toContain('a: 100 -> 0')
    expect(unsure.calls).toHaveLength(1)
    const sure = await tenon(['approve', 'r1', 'ask', '--yes'], { answers })
    expect(sure.code).toBe(0)
    expect(sure.calls.at(-1)?.body).toEqual({ decision: 'approved', hashes: ['sha256:1'] })
    expect((await tenon(['reject', 'r1', 'other'], { answers })).err).toContain('It waits for: ask.')
  })

  test('run test adds a recorded run to a file', async () => {
    const path = await file('recorded.yaml', good)
    const recorded = { at: '2026-03-01T10:00:00Z', params: {}, steps: {}, expect: { verdict: 'inconclusive' } }
    const answers = { '/api/v1/runs/r1/test': { body: recorded } }
    const made = await tenon(['run', 'test', 'r1', '--add-to', path, '--name', 'second'], { answers })
    expect(made.out).toBe(`Added test second to ${path}.\n`)
    expect((await readFile(path, 'utf8')).startsWith(good)).toBe(true)
    expect((await tenon(['test', path])).out).toContain('2 passed, 0 failed')
    expect((await tenon(['run', 'test', 'r1', '--add-to', path, '--name', 'second'], { answers })).err).toContain(
      'has a test "second" already',
    )
    expect((await tenon(['run', 'test', 'r1'], { answers })).out).toContain('tests:\n  run_r1:\n')
  })
})
