/**
 * The kill switch. It must work while the pages, Temporal or even PostgreSQL are down, so there are three ways to it: the API, the row in
 * PostgreSQL that the workers read, and the file that they look for. Without --via the first one that answers is taken, and said.
 */
import { TenonError } from '@tenon/client'
import { userInfo } from 'node:os'
import { CliError, usageError } from '../cli-error.ts'
import { type Command, type CommandCall, type ExitCode, exitCodes } from '../command.ts'

/** Times are unix milliseconds. */
interface Stop {
  scope: string
  by: string
  at: number
  reason: string
}

interface Way {
  name: 'api' | 'database' | 'file'
  stop(stop: { scope: string; reason: string }): Promise<void>
  resume(scope: string): Promise<void>
  stops(): Promise<Stop[]>
}

/** An API that does not answer for so long is down: a stop cannot wait for it. */
const apiPatienceMs = 2000

const via = {
  via: {
    type: 'string',
    value: 'WAY',
    help: 'api, database (DATABASE_URL) or file (TENON_STOP_FILE); else the first that answers.',
  },
} as const
const scope = {
  scope: {
    type: 'string',
    value: 'SCOPE',
    help: 'all (also without it), connection:NAME, target:CONNECTION/BACKEND, kind:KIND or runbook:NAME.',
  },
} as const

export const writesStop: Command = {
  path: ['writes', 'stop'],
  summary: 'Stops writes: no run changes anything outside until they are resumed.',
  details:
    'Works while the pages and Temporal are down: workers read the row in PostgreSQL and the file right before each call. What is in effect stays, and a person can revert it.',
  args: [],
  options: { reason: { type: 'string', value: 'TEXT', help: 'Why: others will ask.' }, ...scope, ...via },
  examples: [
    'writes stop --reason "the edge is under maintenance"',
    'writes stop --scope kind:scale --reason "the cluster moves" --via database',
  ],
  async run(call) {
    const reason = call.options.text('reason')?.trim()
    if (!reason) throw usageError('Why is missing.', 'Add --reason TEXT: others will ask.')
    const of = call.options.text('scope') ?? 'all'
    return answer(call, await first(call, (way) => way.stop({ scope: of, reason })))
  },
}

export const writesResume: Command = {
  path: ['writes', 'resume'],
  summary: 'Lets writes happen again; ends the stop of one scope, where it was made.',
  args: [],
  options: { ...scope, ...via },
  examples: ['writes resume', 'writes resume --scope kind:scale --via file'],
  async run(call) {
    const of = call.options.text('scope') ?? 'all'
    return answer(call, await first(call, (way) => way.resume(of)))
  },
}

export const writesStatus: Command = {
  path: ['writes', 'status'],
  summary: 'Shows what is stopped, by whom and why.',
  args: [],
  options: via,
  run: async (call) => answer(call, await first(call, async () => {})),
}

async function answer(call: CommandCall, { way, stops }: { way: Way['name']; stops: Stop[] }): Promise<ExitCode> {
  const shown = stops.map((stop) => ({ ...stop, at: new Date(stop.at).toISOString() }))
  call.terminal.answer({ via: way, stops: shown }, () => {
    call.terminal.table(
      shown,
      [
        { title: 'stopped', value: (stop) => stop.scope },
        { title: 'by', value: (stop) => stop.by },
        { title: 'at', value: (stop) => stop.at },
        { title: 'why', value: (stop) => stop.reason },
      ],
      'Writes are allowed.',
    )
    call.terminal.note(`By ${way}.`)
  })
  return exitCodes.ok
}

/** Does it by the first way that answers. What a way refuses (a wrong scope, no permission) is told and not tried elsewhere. */
async function first(
  call: CommandCall,
  work: (way: Way) => Promise<void>,
): Promise<{ way: Way['name']; stops: Stop[] }> {
  const failures: string[] = []
  for (const way of ways(call)) {
    try {
      await work(way)
      return { way: way.name, stops: await way.stops() }
    } catch (error) {
      if (isRefusal(error)) throw error
      failures.push(`${way.name}: ${error instanceof Error ? error.message || error.name : String(error)}`)
    }
  }
  throw new CliError('No way to the kill switch answered.', {
    fix: 'Set DATABASE_URL to the workers’ PostgreSQL, or TENON_STOP_FILE to their stop file (touch it: that is enough).',
    lines: failures,
  })
}

function ways(call: CommandCall): Way[] {
  const { env } = call.terminal
  const asked = call.options.text('via')
  const all: Record<Way['name'], () => Way | null> = {
    api: () => apiWay(call),
    database: () => databaseWay(env['DATABASE_URL']),
    file: () => fileWay(env['TENON_STOP_FILE']),
  }
  if (asked === undefined) return [all.api(), all.database(), all.file()].filter((way) => way !== null)
  if (asked !== 'api' && asked !== 'database' && asked !== 'file')
    throw usageError(`"${asked}" is no way to the kill switch.`, 'Use --via api, database or file.')
  const way = all[asked]()
  if (way) return [way]
  const variable = asked === 'database' ? 'DATABASE_URL' : 'TENON_STOP_FILE'
  throw usageError(`${variable} is not set.`, `Set ${variable} as the workers have it.`)
}

function apiWay({ server }: CommandCall): Way {
  const soon = () => ({ signal: AbortSignal.timeout(apiPatienceMs) })
  return {
    name: 'api',
    stop: async (stop) => void (await server().stopWrites({ body: stop }, soon())),
    resume: async (of) => void (await server().resumeWrites({ scope: of }, soon())),
    stops: async () =>
      (await server().getWrites({}, soon())).stops.map((stop) => ({ ...stop, at: Date.parse(stop.at) })),
  }
}

function databaseWay(url: string | undefined): Way | null {
  if (!url) return null
  // Loaded only here: no other command needs a database.
  const load = () => import('@tenon/db/emergency-stop')
  return {
    name: 'database',
    stop: async (stop) => (await load()).stopWritesAt(url, { ...stop, by: me() }),
    resume: async (of) => (await load()).resumeWritesAt(url, { scope: of, by: me() }),
    stops: async () => (await load()).writeStopsAt(url),
  }
}

function fileWay(path: string | undefined): Way | null {
  if (!path) return null
  const load = () => import('@tenon/actions')
  return {
    name: 'file',
    async stop(stop) {
      const { addToStopFile, parseStopScope } = await load()
      parseStopScope(stop.scope)
      await addToStopFile(path, { ...stop, by: me(), at: Date.now() })
    },
    resume: async (of) => (await load()).removeFromStopFile(path, of),
    stops: async () => (await load()).readStopFile(path),
  }
}

function isRefusal(error: unknown): boolean {
  if (error instanceof TenonError) return error.status >= 400 && error.status < 500
  return error instanceof Error && 'code' in error && error.code === 'bad-request'
}

/** Who is on record for a stop that no session vouches for. */
function me(): string {
  return `cli:${userInfo().username}`
}
