/**
 * Rate limits of HAProxy: three maps that its configuration reads for each request (docs/drivers.md shows the lines), changed over the Runtime API.
 *
 * | setting | map | entry |
 * |---|---|---|
 * | `limit` | `rate-limit.map` | `payment 20` |
 * | `limit:route:/refund` | `rate-limit-route.map` | `payment/refund payment/refund=5`, its key again so that the longest prefix can be counted by |
 * | `limit:caller:app` | `rate-limit-caller.map` | `payment/app 5` |
 */
import { ActionError } from '../action-error.ts'
import type { Intent, SettingValue } from '../driver.ts'
import { assertSafeName, cannotSet } from './names.ts'

export type LimitKind = 'all' | 'route' | 'caller'

export const haproxyLimitMaps: Record<LimitKind, string> = {
  all: 'rate-limit.map',
  route: 'rate-limit-route.map',
  caller: 'rate-limit-caller.map',
}

export interface MapEntry {
  kind: LimitKind
  key: string
  /** null: there is to be none. */
  value: string | null
}

/**
 * The entries that carry out an intent. All are checked before any is sent.
 *
 * @throws ActionError `bad-request`.
 */
export function limitEntries(intent: Extract<Intent, { kind: 'set-values' }>): MapEntry[] {
  const settings = Object.entries(intent.values)
  assertSafeName(intent.target)
  if (settings.length === 0) throw cannotSet('HAProxy', intent)
  return settings.map(([setting, limit]) => {
    const entry = entryOf(intent.target, setting)
    if (entry === null) throw cannotSet('HAProxy', intent)
    if (limit === null) return { ...entry, value: null }
    if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1 || limit > 1_000_000_000)
      throw new ActionError('bad-request', `${String(limit)} requests/s cannot be set in HAProxy.`, {
        fix: 'Use a whole number from 1 to 1000000000.',
      })
    return { ...entry, value: entry.kind === 'route' ? `${entry.key}=${limit}` : String(limit) }
  })
}

/**
 * The settings of a backend from one map's entries.
 *
 * @throws ActionError `bad-answer`: a limit that is no number is never "none".
 */
export function limitsOf(kind: LimitKind, backend: string, entries: ReadonlyMap<string, string>): [string, number][] {
  return [...entries].flatMap(([key, text]): [string, number][] => {
    const of = key === backend ? '' : key.startsWith(`${backend}/`) ? key.slice(backend.length) : null
    if (of === null || (kind === 'all') !== (of === '')) return []
    const number = kind === 'route' && text.startsWith(`${key}=`) ? text.slice(key.length + 1) : text
    if (!/^\d+$/.test(number)) throw unreadable(`the limit of ${key} is "${text.slice(0, 80)}"`)
    switch (kind) {
      case 'all':
        return [['limit', Number(number)]]
      case 'route':
        return [[`limit:route:${of}`, Number(number)]]
      case 'caller':
        return [[`limit:caller:${of.slice(1)}`, Number(number)]]
    }
  })
}

/** A setting that is not there is null, as the setting of all requests always says. */
export function limitValues(found: Iterable<[string, number]>): Record<string, SettingValue> {
  return { limit: null, ...Object.fromEntries(found) }
}

/** Routes go into a command, so only plain paths pass; `=` divides the map's value. */
function entryOf(backend: string, setting: string): Pick<MapEntry, 'kind' | 'key'> | null {
  if (setting === 'limit') return { kind: 'all', key: backend }
  const [, kind, of] = /^limit:(route|caller):(.+)$/s.exec(setting) ?? []
  if (kind === 'caller') {
    assertSafeName(of)
    return { kind, key: `${backend}/${of}` }
  }
  if (kind !== 'route' || of === undefined) return null
  if (!/^\/[A-Za-z0-9_.~%/-]{1,127}$/.test(of))
    throw new ActionError('bad-request', `${JSON.stringify(of.slice(0, 200))} is not a route that may be limited.`, {
      fix: 'Use a path prefix as /refund: letters, digits and _ . ~ % - / only, at most 128 characters.',
    })
  return { kind, key: `${backend}${of}` }
}

function unreadable(what: string): ActionError {
  return new ActionError('bad-answer', `HAProxy answered what cannot be read: ${what}.`, {
    fix: 'Somebody wrote into the map by hand. Correct the entry; docs/drivers.md shows the form of each map.',
  })
}
