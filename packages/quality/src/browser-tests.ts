/** Runs what is in e2e/ with Playwright, in a real browser against a real start, and counts from its JSON report. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { browserTool, lookUpTool } from '@tenon/stack'
import * as z from 'zod'
import { firstLines, readReport } from './program-report.ts'
import { type Ended, npmProgram, root, runProgram } from './run-program.ts'
import type { StageResult } from './stage.ts'

interface Suite {
  title: string
  specs: z.infer<typeof spec>[]
  suites?: Suite[]
}

const spec = z.object({
  title: z.string(),
  file: z.string(),
  tests: z.array(
    z.object({
      status: z.enum(['expected', 'unexpected', 'flaky', 'skipped']),
      results: z.array(z.object({ error: z.object({ message: z.string().optional() }).optional() })),
    }),
  ),
})
const suite: z.ZodType<Suite> = z.lazy(() =>
  z.object({ title: z.string(), specs: z.array(spec), suites: z.array(suite).optional() }),
)
const report = z.object({
  suites: z.array(suite),
  errors: z.array(z.object({ message: z.string().optional() })).default([]),
})

export async function runBrowserTests(filters: string[] = []): Promise<StageResult> {
  const folder = mkdtempSync(join(tmpdir(), 'tenon-e2e-'))
  const file = join(folder, 'report.json')
  const browser = lookUpTool(browserTool)
  try {
    const ended = await runProgram(
      npmProgram('playwright'),
      ['test', '--config', join(root, 'e2e', 'playwright.config.ts'), '--reporter=json', ...filters],
      {
        timeoutMs: 900_000,
        env: {
          PLAYWRIGHT_JSON_OUTPUT_FILE: file,
          PLAYWRIGHT_JSON_OUTPUT_NAME: file,
          ...(browser ? { TENON_CHROMIUM_BIN: browser.path } : {}),
        },
      },
    )
    return countPlaywright(ended, readReport(file))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The counts, from the report. A test that passed only when it was repeated passed, and is named. */
export function countPlaywright(ended: Pick<Ended, 'code' | 'talk'>, json: unknown): StageResult {
  const parsed = report.safeParse(json)
  const end = ended.talk.trim().split('\n').slice(-25)
  if (!parsed.success) {
    return {
      passed: 0,
      failed: 1,
      detail: 'no report',
      problems: [`Playwright ended with code ${ended.code}:`, ...end],
    }
  }
  const specs = parsed.data.suites.flatMap(allSpecs)
  const tests = specs.flatMap(({ title, file, tests: runs }) =>
    runs.map((run) => ({ ...run, name: `${file}: ${title}` })),
  )
  const of = (status: string) => tests.filter((test) => test.status === status)
  const passed = of('expected').length + of('flaky').length
  let failed = of('unexpected').length
  const problems = of('unexpected').flatMap(({ name, results }) => [name, ...firstLines(lastMessage(results), 12)])
  for (const { message } of parsed.data.errors) problems.push(...(message ?? '').split('\n').slice(0, 12))
  if (failed === 0 && ended.code !== 0) {
    failed++
    if (problems.length === 0) problems.push(`Playwright ended with code ${ended.code}:`, ...end)
  }
  if (passed + failed === 0) {
    failed++
    problems.push('No browser test ran.')
  }
  const repeated = of('flaky').map(({ name }) => name)
  const notes = [
    `${passed + failed} tests`,
    ...(repeated.length > 0 ? [`passed only when repeated: ${repeated.join(', ')}`] : []),
    ...(of('skipped').length > 0 ? [`${of('skipped').length} skipped`] : []),
  ]
  return { passed, failed, detail: notes.join('; '), problems }
}

function allSpecs({ specs, suites = [] }: Suite): z.infer<typeof spec>[] {
  return [...specs, ...suites.flatMap(allSpecs)]
}

const lastMessage = (results: { error?: { message?: string } }[]): string =>
  results.findLast(({ error }) => error)?.error?.message ?? ''
