/** What tests need that a fresh clone lacks: generated code, servers, a browser. */
import {
  alertmanagerTool,
  browserTool,
  findTool,
  haproxyTool,
  nginxTool,
  howToInstall,
  lookUpTool,
  mariadbTool,
  metricsTool,
  prometheusTool,
  StackError,
  temporalTool,
  vmalertTool,
} from '@tenon/stack'
import { npmProgram, runProgram } from './run-program.ts'
import type { StageResult } from './stage.ts'

/** Makes the database client, which nearly every module imports sooner or later. */
export async function generateClient(): Promise<StageResult> {
  const turbo = await runProgram(npmProgram('turbo'), ['run', 'build', '--filter=@tenon/db', '--no-color'], {
    timeoutMs: 300_000,
    env: { TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' },
  })
  return result('database client', problemsOf(turbo))
}

/** Makes the database client and the pages' route types: types, lint and tests read them. */
export async function generateCode(): Promise<StageResult> {
  const client = await generateClient()
  const next = await runProgram(npmProgram('next'), ['typegen', 'apps/web'], {
    timeoutMs: 300_000,
    env: { NEXT_TELEMETRY_DISABLED: '1' },
  })
  return result('database client, route types', [...client.problems, ...problemsOf(next)])
}

function problemsOf({ code, talk }: { code: number | null; talk: string }): string[] {
  return code === 0 ? [] : [`ended with code ${code}:`, ...talk.trim().split('\n').slice(-15)]
}

/** Finds or gets what the tests run on; as root on Debian it installs HAProxy, nginx, Prometheus, Alertmanager, MariaDB and Chromium. */
export async function getTools(say: (line: string) => void): Promise<StageResult> {
  const problems: string[] = []
  for (const tool of [temporalTool, metricsTool, vmalertTool]) {
    try {
      await findTool(tool, { say })
    } catch (error) {
      if (!(error instanceof StackError)) throw error
      problems.push(`${error.message} ${error.fix}`)
    }
  }
  const fromDebian = [haproxyTool, nginxTool, prometheusTool, alertmanagerTool, mariadbTool, browserTool]
  const missing = fromDebian.filter((tool) => !lookUpTool(tool)).map(({ name, debian }) => debian ?? name)
  if (missing.length > 0 && process.getuid?.() === 0) {
    say(`Installing ${missing.join(', ')} (apt-get), about two minutes`)
    await aptInstall(missing, say)
  }
  for (const tool of fromDebian) if (!lookUpTool(tool)) problems.push(`${tool.title} is missing. ${howToInstall(tool)}`)
  return result(
    'Temporal, VictoriaMetrics, vmalert, HAProxy, nginx, Prometheus, Alertmanager, MariaDB, Chromium',
    problems,
  )
}

async function aptInstall(packages: string[], say: (line: string) => void): Promise<void> {
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  const install = ['install', '-y', '--no-install-recommends', ...packages]
  try {
    await runProgram('apt-get', ['update'], { timeoutMs: 180_000, env })
    const { code, talk } = await runProgram('apt-get', install, { timeoutMs: 600_000, env })
    if (code !== 0) say(`apt-get ended with code ${code}: ${talk.trim().split('\n').at(-1) ?? ''}`)
  } catch (error) {
    // No Debian: what is missing is listed with how to install it.
    say(`apt-get: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** The pages and the workflow bundle, as `npm start` makes them. */
export async function buildAll(): Promise<StageResult> {
  const ended = await runProgram(npmProgram('turbo'), ['run', 'build', '--output-logs=new-only', '--no-color'], {
    timeoutMs: 600_000,
    env: { TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', NEXT_TELEMETRY_DISABLED: '1' },
  })
  const [, successful, total] = /Tasks:\s+(\d+) successful, (\d+) total/.exec(ended.talk) ?? []
  if (ended.code === 0 && Number(total) > 0) return result(`${successful} of ${total} workspaces`, [])
  return result('', [`turbo ended with code ${ended.code}:`, ...ended.talk.trim().split('\n').slice(-25)])
}

function result(detail: string, problems: string[]): StageResult {
  return { passed: problems.length === 0 ? 1 : 0, failed: problems.length === 0 ? 0 : 1, detail, problems }
}
