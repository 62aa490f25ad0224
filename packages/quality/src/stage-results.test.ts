import { expect, test } from 'vitest'
import { countPlaywright } from './browser-tests.ts'
import { judgeDeadCode } from './dead-code.ts'
import { judgeFile } from './file-rules.ts'
import { choose } from './run-tests.ts'
import { checked } from './stage.ts'
import { countVitest } from './vitest-run.ts'

test('a check that looked at nothing fails', () => {
  expect(checked(0, 'files', [])).toMatchObject({ passed: 0, failed: 1 })
  expect(checked(3, 'files', [])).toMatchObject({ passed: 1, failed: 0, problems: [] })
  expect(checked(3, 'files', ['a', 'b'])).toMatchObject({ passed: 0, failed: 1, problems: ['a', 'b'] })
})

const done = { code: 0, talk: '' }
const one = (fullName: string, status: string) => ({ fullName, status, failureMessages: [`${fullName} said why`] })

test('tests are counted from the report', () => {
  const report = {
    testResults: [
      {
        name: 'a.test.ts',
        status: 'failed',
        assertionResults: [one('a', 'passed'), one('b', 'failed'), one('c', 'skipped')],
      },
      { name: 'b.test.ts', status: 'passed', assertionResults: [one('d', 'passed')] },
    ],
  }
  const counted = countVitest({ ...done, code: 1 }, report)
  expect(counted).toMatchObject({ passed: 2, failed: 1, detail: '3 tests of 2 files, 1 skipped' })
  expect(counted.problems.join('\n')).toMatch(/a\.test\.ts: b\n\s+b said why/)
})

test('a file that could not be loaded is a failure', () => {
  const report = {
    testResults: [{ name: 'a.test.ts', status: 'failed', message: 'no such module', assertionResults: [] }],
  }
  expect(countVitest({ ...done, code: 1 }, report)).toMatchObject({ passed: 0, failed: 1 })
})

test('an error outside of tests, no test at all, and no report are failures', () => {
  const report = { testResults: [{ name: 'a.test.ts', status: 'passed', assertionResults: [one('a', 'passed')] }] }
  expect(countVitest({ ...done, code: 1 }, report)).toMatchObject({ passed: 1, failed: 1 })
  expect(countVitest(done, { testResults: [] })).toMatchObject({ passed: 0, failed: 1 })
  expect(countVitest({ code: null, talk: 'took longer' }, null)).toMatchObject({ passed: 0, failed: 1 })
})

const spec = (title: string, status: string) => ({
  title,
  file: 'now.spec.ts',
  tests: [{ status, results: [{ error: { message: `${title} said why` } }] }],
})

test('browser tests are counted from the report, nested suites too', () => {
  const suites = [
    {
      title: 'file',
      specs: [spec('a', 'expected')],
      suites: [{ title: 'inner', specs: [spec('b', 'unexpected'), spec('c', 'flaky'), spec('d', 'skipped')] }],
    },
  ]
  const counted = countPlaywright({ ...done, code: 1 }, { suites })
  expect(counted).toMatchObject({ passed: 2, failed: 1 })
  expect(counted.detail).toBe('3 tests; passed only when repeated: now.spec.ts: c; 1 skipped')
  expect(counted.problems.join('\n')).toContain('b said why')
})

test('no browser test, and a start that failed, are failures', () => {
  expect(countPlaywright(done, { suites: [] })).toMatchObject({
    passed: 0,
    failed: 1,
    problems: ['No browser test ran.'],
  })
  const broken = countPlaywright({ ...done, code: 1 }, { suites: [], errors: [{ message: 'web was not ready' }] })
  expect(broken).toMatchObject({ passed: 0, failed: 1, problems: ['web was not ready'] })
})

const planted = { file: 'x', files: [{ name: 'packages/quality/fixtures/dead-code/unused.ts' }] }

test('the dead-code check fails when it did not find the planted file', () => {
  expect(judgeDeadCode({ issues: [] })).toMatchObject({ passed: 0, failed: 1 })
  expect(judgeDeadCode({ issues: [planted] })).toMatchObject({ passed: 1, failed: 0, problems: [] })
})

test('the dead-code check fails for what else is dead', () => {
  const dead = { file: 'a.ts', exports: [{ name: 'old', line: 7 }] }
  expect(judgeDeadCode({ issues: [planted, dead] })).toMatchObject({
    failed: 1,
    problems: ['a.ts:7: nothing imports this export: old'],
  })
})

test('the rules on files find what they are for', () => {
  expect(judgeFile('src/a.ts', 'const a = 1\n')).toEqual([])
  expect(judgeFile('src/a.ts', 'x\n'.repeat(400))).toEqual([])
  expect(judgeFile('src/a.ts', 'x\n'.repeat(401))).toMatchObject([expect.stringContaining('401 lines')])
  expect(judgeFile('src/a.ts', `// ${'TO' + 'DO'}: later`)).toMatchObject([
    expect.stringContaining('src/a.ts:1: unfinished'),
  ])
  expect(judgeFile('docs/a.md', `see /${'home'}/somebody/tenon`)).toMatchObject([
    expect.stringContaining('a path of one machine'),
  ])
  expect(judgeFile('package-lock.json', '"resolved": "https://example.invalid/a.tgz"')).toHaveLength(1)
  expect(judgeFile('package-lock.json', '"resolved": "packages/db"')).toEqual([])
})

const names = (args: string[]) => {
  const chosen = choose(args)
  return typeof chosen === 'string' ? chosen : chosen.map(({ name }) => name)
}

test('a part can be named, and brings what it stands on', () => {
  expect(names(['cycles'])).toEqual(['cycles'])
  expect(names(['lint', 'types'])).toEqual(['generate', 'lint', 'types'])
  expect(names(['packages/quality'])).toEqual(['tools', 'generate', 'path'])
  expect(names(['e2e'])).toEqual(['tools', 'build', 'e2e'])
})

test('what is neither a part nor a path is an error, not a run of nothing', () => {
  expect(names(['untit'])).toMatch(/"untit" is neither/)
})
