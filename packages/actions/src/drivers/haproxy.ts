/**
 * HAProxy through its Runtime API: server weights, and a rate limit kept in a map that the configuration reads. Both last until HAProxy
 * reloads; a reload puts back what its configuration says, which the ledger's read-back then shows.
 */
import { ActionError } from '../action-error.ts'
import type { ApplyCall, Driver, Intent, ServerState, TargetState } from '../driver.ts'
import { stateVersion } from '../state-version.ts'
import { haproxyCommand } from './haproxy-runtime.ts'
import { assertMaySend } from './may-send.ts'
import { assertSafeName, cannotSet, type ZoneOf } from './names.ts'

export interface HaproxyOptions {
  /** `tcp://host:port` or `unix:///path`. */
  address: string
  zoneOf: ZoneOf
  /** File name of the map `backend -> requests per second` that the configuration limits by. */
  rateLimitMap?: string
  /** Of one command; 2,000 by default. */
  timeoutMs?: number
}

export const HAPROXY_RATE_LIMIT_MAP = 'rate-limit.map'

/** A driver for one HAProxy. Weights of a target `*` are named `<backend>/<server>`. */
export function createHaproxyDriver(options: HaproxyOptions): Driver {
  const timeoutMs = options.timeoutMs ?? 2000
  const mapName = options.rateLimitMap ?? HAPROXY_RATE_LIMIT_MAP
  const run = (command: string, signal?: AbortSignal): Promise<string> =>
    haproxyCommand(options.address, command, { timeoutMs, signal })

  return {
    name: 'haproxy',
    inFlightSeconds: timeoutMs / 1000,
    forgets: true,

    async observe(target, signal) {
      if (target !== '*') assertSafeName(target)
      const [stateText, statText] = await Promise.all([
        run(target === '*' ? 'show servers state' : `show servers state ${target}`, signal),
        // -1: all proxies; 4: servers; -1: all of them.
        run('show stat -1 4 -1', signal),
      ])
      const counters = parseStat(statText)
      const servers = parseServersState(stateText, target).map(({ backend, server, weight, up }): ServerState => {
        const counter = counters.get(`${backend}/${server}`)
        return {
          name: target === '*' ? `${backend}/${server}` : server,
          zone: options.zoneOf(server) ?? '',
          weight,
          up,
          requestsPerSecond: counter?.rate ?? null,
          requestsTotal: counter?.total ?? null,
        }
      })
      if (servers.length === 0) throw unknownBackend(target, options.address)
      const values: TargetState['values'] = target === '*' ? {} : { limit: await readRateLimit(target, signal) }
      const version = stateVersion(servers, values)
      return { target, version, instance: null, servers, values, notes: {} } satisfies TargetState
    },

    async apply(intent, call) {
      switch (intent.kind) {
        case 'set-weights':
          return setWeights(intent, call)
        case 'set-values':
          return setRateLimit(intent, call)
        case 'set-silence':
        case 'run-statement':
          throw cannotSet('HAProxy', intent)
      }
    },
  }

  async function setWeights(intent: Extract<Intent, { kind: 'set-weights' }>, call: ApplyCall): Promise<void> {
    // Every name is checked before the first server is touched.
    const commands = Object.entries(intent.weights).map(([name, weight]) => {
      const path = intent.target === '*' ? name : `${intent.target}/${name}`
      const [backend, server, ...more] = path.split('/')
      if (more.length > 0) throw unsafe(path)
      assertSafeName(backend)
      assertSafeName(server)
      if (!Number.isInteger(weight) || weight < 0 || weight > 256)
        throw new ActionError('bad-request', `${path}: ${weight} is not a weight.`, {
          fix: 'HAProxy takes whole numbers from 0 to 256.',
        })
      return `set server ${backend}/${server} weight ${weight}`
    })
    for (const command of commands) {
      assertMaySend(call)
      assertAccepted(command, await run(command, call.signal))
    }
  }

  async function setRateLimit(intent: Extract<Intent, { kind: 'set-values' }>, call: ApplyCall): Promise<void> {
    assertSafeName(intent.target)
    const { limit, ...others } = intent.values
    if (
      Object.keys(others).length > 0 ||
      limit === undefined ||
      typeof limit === 'string' ||
      typeof limit === 'boolean'
    )
      throw cannotSet('HAProxy', intent)
    const map = await findMap(call.signal)
    const present = (await readMap(map, call.signal)).has(intent.target)
    if (limit === null) {
      if (!present) return
      assertMaySend(call)
      assertAccepted('del map', await run(`del map ${map} ${intent.target}`, call.signal))
      return
    }
    if (!Number.isInteger(limit) || limit < 1)
      throw new ActionError('bad-request', `${limit} requests/s cannot be set in HAProxy.`, {
        fix: 'Use a whole number of at least 1.',
      })
    const command = `${present ? 'set' : 'add'} map ${map} ${intent.target} ${limit}`
    assertMaySend(call)
    assertAccepted(command, await run(command, call.signal))
  }

  async function readRateLimit(backend: string, signal?: AbortSignal): Promise<number | null> {
    const map = await findMapIfAny(signal)
    if (map === null) return null
    const text = (await readMap(map, signal)).get(backend)
    if (text === undefined) return null
    const value = Number(text)
    if (!Number.isFinite(value)) throw badAnswer(`the limit of ${backend} is "${text}"`)
    return value
  }

  async function findMap(signal?: AbortSignal): Promise<string> {
    const map = await findMapIfAny(signal)
    if (map === null)
      throw new ActionError(
        'unknown-target',
        `HAProxy at ${options.address} has no map "${mapName}", so no rate limit can be set.`,
        {
          fix: `Let its configuration limit by a map file named ${mapName}; docs/drivers.md shows the lines.`,
        },
      )
    return map
  }

  /** Lines are `1 (/etc/haproxy/rate-limit.map) pattern loaded from file ...`; the map is then named `#1`. */
  async function findMapIfAny(signal?: AbortSignal): Promise<string | null> {
    for (const line of (await run('show map', signal)).split('\n')) {
      const match = /^(\d+) \(([^)]*)\)/.exec(line)
      if (match && (match[2] === mapName || match[2]?.endsWith(`/${mapName}`))) return `#${match[1]}`
    }
    return null
  }

  /** Lines are `0x55d1... payment 20`. */
  async function readMap(map: string, signal?: AbortSignal): Promise<Map<string, string>> {
    const entries = new Map<string, string>()
    for (const line of (await run(`show map ${map}`, signal)).split('\n')) {
      const [, key, value] = line.trim().split(/\s+/)
      if (key && value) entries.set(key, value)
    }
    return entries
  }
}

/** Bits of `srv_admin_state` that take a server out for maintenance (forced, inherited, by configuration, by resolution). */
const MAINTENANCE = 0x01 | 0x02 | 0x04 | 0x20
const RUNNING = '2'

/** `show servers state`, format version 1; see HAProxy's management guide, section 9.3. */
function parseServersState(
  text: string,
  target: string,
): { backend: string; server: string; weight: number; up: boolean }[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const header = lines.find((line) => line.startsWith('# '))
  if (!header) {
    if (/can't find backend/i.test(text)) throw unknownBackend(target, '')
    throw badAnswer(`"show servers state" began with "${(lines[0] ?? '').slice(0, 80)}"`)
  }
  const columns = header.slice(2).trim().split(' ')
  const column = (fields: string[], name: string): string => {
    const value = fields[columns.indexOf(name)]
    if (value === undefined) throw badAnswer(`"show servers state" has no ${name}`)
    return value
  }
  return lines
    .filter((line) => line !== header && line !== '1')
    .map((line) => {
      const fields = line.trim().split(' ')
      return {
        backend: column(fields, 'be_name'),
        server: column(fields, 'srv_name'),
        weight: Number(column(fields, 'srv_uweight')),
        up:
          column(fields, 'srv_op_state') === RUNNING && (Number(column(fields, 'srv_admin_state')) & MAINTENANCE) === 0,
      }
    })
}

/** `show stat`: CSV with a header line; `stot` counts requests in HTTP mode, `rate` those of the last second. */
function parseStat(text: string): Map<string, { total: number; rate: number | null }> {
  const [header, ...lines] = text.split('\n').filter((line) => line.trim() !== '')
  if (!header?.startsWith('# ')) throw badAnswer(`"show stat" began with "${(header ?? '').slice(0, 80)}"`)
  const columns = header.slice(2).split(',')
  const at = (name: string): number => columns.indexOf(name)
  const counters = new Map<string, { total: number; rate: number | null }>()
  for (const line of lines) {
    const fields = line.split(',')
    const total = fields[at('stot')]
    const rate = fields[at('rate')]
    if (!total) continue
    counters.set(`${fields[at('pxname')]}/${fields[at('svname')]}`, {
      total: Number(total),
      rate: rate ? Number(rate) : null,
    })
  }
  return counters
}

/** A command that changes something answers nothing when it was taken. */
function assertAccepted(command: string, answer: string): void {
  const text = answer.trim()
  if (text === '') return
  if (/no such (server|backend)|can't find/i.test(text))
    throw new ActionError('unknown-target', `HAProxy does not know it: ${text}`, {
      fix: 'Compare the names in the model with the proxy’s configuration.',
    })
  throw new ActionError('target-refused', `HAProxy refused "${command}": ${text.slice(0, 200)}`, {
    fix: 'Check that the socket has level admin and that nothing else manages this server.',
  })
}

function unknownBackend(target: string, address: string): ActionError {
  return new ActionError(
    'unknown-target',
    `HAProxy${address ? ` at ${address}` : ''} has no backend "${target}" with servers.`,
    {
      fix: "Compare the entity's edge in the model with the proxy's configuration.",
    },
  )
}

function unsafe(name: string): ActionError {
  return new ActionError('bad-request', `"${name}" is not a server's name.`, { fix: 'Use <backend>/<server>.' })
}

function badAnswer(what: string): ActionError {
  return new ActionError('bad-answer', `HAProxy answered what cannot be read: ${what}.`, {
    fix: 'Check that the address is that of a Runtime API (HAProxy 2.4 or later).',
  })
}
