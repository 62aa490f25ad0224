/** Runs a vitest project and counts from its own JSON report. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import * as z from 'zod'
import { firstLines, readReport } from './program-report.ts'
import { type Ended, npmProgram, root, runProgram } from './run-program.ts'
import type { StageResult } from './stage.ts'

const report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().nullish(),
      assertionResults: z.array(
        z.object({
          fullName: z.string(),
          status: z.string(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
})

export interface VitestOptions {
  /** `any`: both kinds, whichever the filters match. */
  project: 'unit' | 'integration' | 'any'
  /** Files whose path holds one of these; all when empty. */
  filters?: string[]
  timeoutMs: number
}

export async function runVitest({ project, filters = [], timeoutMs }: VitestOptions): Promise<StageResult> {
  const folder = mkdtempSync(join(tmpdir(), 'tenon-vitest-'))
  const file = join(folder, 'report.json')
  try {
    const config = [
      '--config',
      'packages/quality/vitest.config.ts',
      ...(project === 'any' ? [] : ['--project', project]),
    ]
    const ended = await runProgram(
      npmProgram('vitest'),
      ['run', ...config, '--reporter=json', `--outputFile=${file}`, '--reporter=default', ...filters],
      { timeoutMs },
    )
    return countVitest(ended, readReport(file))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The counts, from the report; a run that failed for a reason that no test shows counts as one failure more. */
export function countVitest(ended: Pick<Ended, 'code' | 'talk'>, json: unknown): StageResult {
  const parsed = report.safeParse(json)
  const end = ended.talk.trim().split('\n').slice(-25)
  if (!parsed.success) {
    const problems = [`vitest ended with code ${ended.code} and no report:`, ...end]
    return { passed: 0, failed: 1, detail: 'no report', problems }
  }
  const files = parsed.data.testResults
  let [passed, failed, skipped] = [0, 0, 0]
  const problems: string[] = []
  for (const file of files) {
    const path = relative(root, file.name)
    const failedHere = file.assertionResults.filter(({ status }) => status === 'failed')
    const passedHere = file.assertionResults.filter(({ status }) => status === 'passed')
    passed += passedHere.length
    failed += failedHere.length
    skipped += file.assertionResults.length - passedHere.length - failedHere.length
    for (const { fullName, failureMessages } of failedHere) {
      problems.push(`${path}: ${fullName}`, ...firstLines(failureMessages?.[0] ?? '', 6))
    }
    if (file.status === 'failed' && failedHere.length === 0) {
      failed++
      problems.push(`${path} could not be run`, ...firstLines(file.message ?? '', 6))
    }
  }
  if (ended.code !== 0 && failed === 0) {
    failed++
    problems.push(`vitest ended with code ${ended.code} although no test failed:`, ...end)
  }
  if (passed + failed === 0) {
    failed++
    problems.push('No test ran.')
  }
  const detail = `${passed + failed} tests of ${files.length} files${skipped > 0 ? `, ${skipped} skipped` : ''}`
  return { passed, failed, detail, problems }
}
