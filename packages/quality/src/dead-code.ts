/** Files, exports and packages that nothing uses, found by knip. A planted dead file proves that it looked. */
import * as z from 'zod'
import { npmProgram, runProgram } from './run-program.ts'
import type { StageResult } from './stage.ts'

const PLANTED = 'packages/quality/fixtures/dead-code/unused.ts'

const named = z.array(z.object({ name: z.string(), line: z.number().optional() })).default([])
const report = z.object({
  issues: z.array(
    z.object({
      file: z.string(),
      files: named,
      exports: named,
      types: named,
      dependencies: named,
      devDependencies: named,
      unlisted: named,
      unresolved: named,
      binaries: named,
    }),
  ),
})

const MEANINGS = {
  files: 'nothing imports this file',
  exports: 'nothing imports this export',
  types: 'nothing imports this type',
  dependencies: 'no code uses this package',
  devDependencies: 'no code uses this package',
  unlisted: 'this package is used but is not in package.json',
  unresolved: 'this import leads nowhere',
  binaries: 'this program is used but its package is not in package.json',
} as const

export async function checkDeadCode(): Promise<StageResult> {
  const args = ['--config', 'packages/quality/knip.json', '--reporter', 'json', '--no-progress']
  const { code, output, talk } = await runProgram(npmProgram('knip'), args, { timeoutMs: 300_000 })
  const start = output.indexOf('{"issues"')
  if (start < 0) return broken([`knip ended with code ${code}:`, ...talk.trim().split('\n').slice(-15)])
  return judgeDeadCode(JSON.parse(output.slice(start)))
}

/** What knip's JSON report means. */
export function judgeDeadCode(json: unknown): StageResult {
  const { issues } = report.parse(json)
  if (!issues.some(({ files }) => files.some(({ name }) => name === PLANTED))) {
    return broken([
      `knip did not find the planted ${PLANTED}: it looked at nothing, or its configuration hides too much.`,
    ])
  }
  const kinds = Object.keys(MEANINGS) as (keyof typeof MEANINGS)[]
  const problems = issues.flatMap((issue) =>
    kinds.flatMap((kind) =>
      issue[kind]
        .filter(({ name }) => name !== PLANTED)
        .map(({ name, line }) => `${issue.file}${line ? `:${line}` : ''}: ${MEANINGS[kind]}: ${name}`),
    ),
  )
  const passed = problems.length === 0 ? 1 : 0
  return { passed, failed: 1 - passed, detail: 'the planted dead file was found', problems }
}

function broken(problems: string[]): StageResult {
  return { passed: 0, failed: 1, detail: 'the check itself is broken', problems }
}
