/**
 * nginx without a reload: its configuration looks for each request whether a file is there (`if (-f ...)`), and its WebDAV module lets us put and
 * delete those files. They outlive a reload and a restart. Which files there are is in a catalogue that the configuration's owner writes and nginx
 * serves, `settings.json`; docs/drivers.md shows both. Protocol: RFC 4918 PUT and DELETE as ngx_http_dav_module has them.
 */
import * as z from 'zod'
import { ActionError } from '../action-error.ts'
import type { ApplyCall, Driver, Intent, SettingValue, TargetState } from '../driver.ts'
import { stateVersion } from '../state-version.ts'
import { createHttpCaller, type HttpAnswer } from './http-call.ts'
import { assertMaySend } from './may-send.ts'
import { assertSafeName, cannotSet } from './names.ts'

export interface NginxOptions {
  /** `http(s)://host:port` of the server with the WebDAV location, with a path where it has one. */
  address: string
  /** Sent as a bearer token. */
  token?: string
  /** Of one call; 2,000 by default. */
  timeoutMs?: number
}

const value = z.union([z.string(), z.number(), z.boolean()])
const fileName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/)
const setting = z.object({
  /** What is so when none of its files is there. */
  otherwise: value.nullable().default(null),
  /** Of several that are there the last one counts, as in a configuration whose last `set` wins. */
  values: z
    .array(z.object({ value, file: fileName }))
    .min(1)
    .max(50),
})
const catalogue = z.object({ targets: z.record(z.string(), z.record(z.string(), setting)) })
type Settings = z.infer<typeof catalogue>['targets'][string]

/** A driver for one nginx. It has settings only: it does not count requests by server, so weights are refused. */
export function createNginxDriver(options: NginxOptions): Driver & { targets(): Promise<string[]> } {
  const timeoutMs = options.timeoutMs ?? 2000
  const http = createHttpCaller({
    name: 'nginx',
    address: options.address,
    secret: options.token ?? null,
    timeoutMs,
    largestMiB: 1,
    fix: {
      away: 'Check that nginx runs and that the connection in Settings has its address.',
      strange: 'Compare it with the form in docs/drivers.md.',
    },
  })
  const { base } = http

  async function targets(signal?: AbortSignal): Promise<Record<string, Settings>> {
    const answer = await http.call({ method: 'GET', path: 'settings.json', signal })
    if (answer.status !== 200) throw refused(answer)
    return http.read(answer, catalogue).targets
  }

  async function settingsOf(target: string, signal?: AbortSignal): Promise<Settings> {
    assertSafeName(target)
    const all = await targets(signal)
    const settings = Object.hasOwn(all, target) ? all[target] : undefined
    if (settings) return settings
    throw new ActionError('unknown-target', `The settings.json of nginx at ${base} has no target "${target}".`, {
      fix: "Compare the entity's edge in the model with settings.json; docs/drivers.md shows its form.",
    })
  }

  /** Anything but "there" and "not there" is an error: a file that cannot be asked about is never taken for absent. */
  async function isThere(file: string, signal?: AbortSignal): Promise<boolean> {
    const answer = await http.call({ method: 'HEAD', path: `on/${file}`, signal })
    if (answer.status === 200) return true
    if (answer.status === 404) return false
    throw refused(answer)
  }

  async function stateOf(target: string, settings: Settings, signal?: AbortSignal): Promise<TargetState> {
    const values: Record<string, SettingValue> = {}
    const notes: Record<string, string> = {}
    for (const [name, { otherwise, values: offered }] of Object.entries(settings)) {
      values[name] = otherwise
      for (const each of offered) if (await isThere(each.file, signal)) values[name] = each.value
      notes[`${name} can be`] = [otherwise ?? 'none', ...offered.map((each) => each.value)].join(', ')
    }
    return { target, version: stateVersion([], values), instance: null, servers: [], values, notes }
  }

  return {
    name: 'nginx',
    inFlightSeconds: timeoutMs / 1000,
    forgets: false,
    targets: async () => Object.keys(await targets()),
    observe: async (target, signal) => stateOf(target, await settingsOf(target, signal), signal),

    async apply(intent, to) {
      if (intent.kind !== 'set-values') throw cannotSet('nginx', intent)
      const settings = await settingsOf(intent.target, to.signal)
      const changes = changesOf(intent, settings)
      if (to.expect !== null && (await stateOf(intent.target, settings, to.signal)).version !== to.expect)
        throw new ActionError('stale', `${intent.target} is not as it was judged: somebody changed it since.`, {
          fix: 'Nothing was sent. Run the step again for a new plan.',
        })
      const writes: { method: 'PUT' | 'DELETE'; file: string }[] = []
      // The new file first: at every moment nginx finds what was or what will be.
      for (const { put, remove } of changes) {
        if (put !== null) writes.push({ method: 'PUT', file: put })
        for (const file of remove) if (await isThere(file, to.signal)) writes.push({ method: 'DELETE', file })
      }
      for (const { method, file } of writes) await write(method, file, to)
    },
  }

  async function write(method: 'PUT' | 'DELETE', file: string, to: ApplyCall): Promise<void> {
    assertMaySend(to)
    // The content is for people who meet the file; nginx asks only whether it is there.
    const body = method === 'PUT' ? `${to.key} ${to.fence}\n` : undefined
    const answer = await http.call({ method, path: `on/${file}`, body, signal: to.signal })
    if (answer.ok || (method === 'DELETE' && answer.status === 404)) return
    throw refused(answer)
  }

  function refused({ call, status }: HttpAnswer): ActionError {
    return new ActionError('target-refused', `nginx at ${base} answered ${call} with ${status}.`, {
      fix:
        status === 401 || status === 403
          ? 'Set the bearer token as the secret of the connection, and let nginx write into the folder.'
          : 'Check the location with dav_methods PUT DELETE; docs/drivers.md shows the lines.',
      retryable: status >= 500,
    })
  }
}

interface Change {
  put: string | null
  remove: string[]
}

/** All values are checked before anything is sent: only those of the catalogue can be set. */
function changesOf(intent: Extract<Intent, { kind: 'set-values' }>, settings: Settings): Change[] {
  const entries = Object.entries(intent.values)
  if (entries.length === 0) throw cannotSet('nginx', intent)
  return entries.map(([name, wanted]) => {
    const known = Object.hasOwn(settings, name) ? settings[name] : undefined
    if (!known) throw cannotSet('nginx', intent)
    const chosen = known.values.find((each) => each.value === wanted)
    if (!chosen && wanted !== null && wanted !== known.otherwise)
      throw new ActionError('bad-request', `${name} cannot be ${String(wanted).slice(0, 80)} in this nginx.`, {
        fix: `Use ${[known.otherwise ?? 'none', ...known.values.map((each) => each.value)].join(', ')}, or add it to settings.json and the configuration.`,
      })
    const files = known.values.map(({ file }) => file)
    return { put: chosen?.file ?? null, remove: files.filter((file) => file !== chosen?.file) }
  })
}
