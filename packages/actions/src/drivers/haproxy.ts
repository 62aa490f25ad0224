/**
 * HAProxy through its Runtime API: server weights, and rate limits kept in maps that the configuration reads. Both last until HAProxy reloads; a
 * reload puts back what its configuration says, and `instance` tells that it happened.
 */
import { ActionError } from '../action-error.ts'
import type { ApplyCall, Driver, Intent, ServerState, TargetState } from '../driver.ts'
import { stateVersion } from '../state-version.ts'
import { haproxyLimitMaps, limitEntries, limitsOf, limitValues, type LimitKind } from './haproxy-limits.ts'
import { haproxyCommand } from './haproxy-runtime.ts'
import { assertMaySend } from './may-send.ts'
import { assertSafeName, cannotSet, type ZoneOf } from './names.ts'

export interface HaproxyOptions {
  /** `tcp://host:port` or `unix:///path`. */
  address: string
  zoneOf: ZoneOf
  /** Of one command; 2,000 by default. */
  timeoutMs?: number
}

const limitKinds: readonly LimitKind[] = ['all', 'route', 'caller']

/** A driver for one HAProxy. Weights of a target `*` are named `<backend>/<server>`. */
export function createHaproxyDriver(options: HaproxyOptions): Driver {
  const timeoutMs = options.timeoutMs ?? 2000
  const run = (command: string, signal?: AbortSignal): Promise<string> =>
    haproxyCommand(options.address, command, { timeoutMs, signal })

  async function observe(target: string, signal?: AbortSignal): Promise<TargetState> {
    if (target !== '*') assertSafeName(target)
    const [stateText, statText, infoText] = await Promise.all([
      run(target === '*' ? 'show servers state' : `show servers state ${target}`, signal),
      // -1: all proxies; 4: servers; -1: all of them.
      run('show stat -1 4 -1', signal),
      run('show info', signal),
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
    const values = target === '*' ? {} : await readLimits(target, signal)
    const version = stateVersion(servers, values)
    return { target, version, instance: instanceOf(infoText), servers, values, notes: {} }
  }

  return {
    name: 'haproxy',
    inFlightSeconds: timeoutMs / 1000,
    forgets: true,
    observe,

    async apply(intent, call) {
      switch (intent.kind) {
        case 'set-weights': {
          const commands = weightCommands(intent)
          await assertUnchanged(intent, call)
          return send(commands, call)
        }
        case 'set-values':
          return setLimits(intent, call)
        case 'set-silence':
        case 'run-statement':
          throw cannotSet('HAProxy', intent)
      }
    },
  }

  /** HAProxy has no version of its own to compare with, so the state is read once more right before the first command. */
  async function assertUnchanged({ target }: Intent, { expect, signal }: ApplyCall): Promise<void> {
    if (expect === null || (await observe(target, signal)).version === expect) return
    throw new ActionError('stale', `${target} is not as it was judged: somebody changed it since.`, {
      fix: 'Nothing was sent. Run the step again for a new plan.',
    })
  }

  async function send(commands: readonly string[], call: ApplyCall): Promise<void> {
    for (const command of commands) {
      assertMaySend(call)
      assertAccepted(command, await run(command, call.signal))
    }
  }

  async function setLimits(intent: Extract<Intent, { kind: 'set-values' }>, call: ApplyCall): Promise<void> {
    const wanted = limitEntries(intent)
    await assertUnchanged(intent, call)
    const maps = await findMaps(call.signal)
    const commands: string[] = []
    for (const { kind, key, value } of wanted) {
      const map = maps.get(kind)
      if (map === undefined) throw noMap(kind)
      const present = (await readMap(map, call.signal)).has(key)
      if (value !== null) commands.push(`${present ? 'set' : 'add'} map ${map} ${key} ${value}`)
      else if (present) commands.push(`del map ${map} ${key}`)
    }
    return send(commands, call)
  }

  async function readLimits(backend: string, signal?: AbortSignal): Promise<TargetState['values']> {
    const maps = await findMaps(signal)
    const found: [string, number][] = []
    for (const kind of limitKinds) {
      const map = maps.get(kind)
      if (map !== undefined) found.push(...limitsOf(kind, backend, await readMap(map, signal)))
    }
    return limitValues(found)
  }

  function noMap(kind: LimitKind): ActionError {
    const name = haproxyLimitMaps[kind]
    return new ActionError(
      'unknown-target',
      `HAProxy at ${options.address} has no map "${name}", so this limit cannot be set.`,
      { fix: `Let its configuration limit by a map file named ${name}; docs/drivers.md shows the lines.` },
    )
  }

  /** Lines are `1 (/etc/haproxy/rate-limit.map) pattern loaded from file ...`; the map is then named `#1`. */
  async function findMaps(signal?: AbortSignal): Promise<Map<LimitKind, string>> {
    const maps = new Map<LimitKind, string>()
    for (const line of (await run('show map', signal)).split('\n')) {
      const [, id, file] = /^(\d+) \(([^)]*)\)/.exec(line) ?? []
      const kind = limitKinds.find((each) => file?.split('/').at(-1) === haproxyLimitMaps[each])
      if (kind !== undefined) maps.set(kind, `#${id}`)
    }
    return maps
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

/** Every name is checked before the first server is touched. */
function weightCommands({ target, weights }: Extract<Intent, { kind: 'set-weights' }>): string[] {
  return Object.entries(weights).map(([name, weight]) => {
    const path = target === '*' ? name : `${target}/${name}`
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
}

/** Each start and each reload is another process. Newer versions say when it began, which tells two containers' equal numbers apart. */
function instanceOf(info: string): string | null {
  const of = (name: string): string | undefined => new RegExp(`^${name}: (\\d+)$`, 'm').exec(info)?.[1]
  const pid = of('Pid')
  if (pid === undefined) return null
  const began = of('Start_time_sec')
  return began === undefined ? pid : `${pid}/${began}`
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
