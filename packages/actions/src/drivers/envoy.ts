/**
 * Envoy's runtime, through its administration interface: features and fractions that Envoy reads with each request, set without a reload. What is set
 * lives in the admin layer of one process and is gone when that process ends. Protocol: Envoy's "Administration interface" (`/runtime`,
 * `/runtime_modify`, `/server_info`, `/config_dump`) and "Runtime" of its documentation; tried with Envoy 1.40.
 */
import * as z from 'zod'
import { ActionError } from '../action-error.ts'
import type { ApplyCall, Driver, Intent, SettingValue, TargetState } from '../driver.ts'
import { safeName } from '../safe-name.ts'
import { stateVersion } from '../state-version.ts'
import { createHttpCaller, type HttpAnswer } from './http-call.ts'
import { featureTarget } from './http-edge.ts'
import { assertMaySend } from './may-send.ts'
import { assertSafeName, cannotSet } from './names.ts'

export interface EnvoyOptions {
  /** `http(s)://host:port` of the administration listener. */
  address: string
  /** Sent as a bearer token. Envoy itself asks for none: for a proxy in front of it that does. */
  token?: string
  /** Of one call; 2,000 by default. */
  timeoutMs?: number
}

const runtime = z.object({
  layers: z.array(z.string()),
  entries: z.record(z.string(), z.object({ final_value: z.string(), layer_values: z.array(z.string()) })),
})
type Entry = z.infer<typeof runtime>['entries'][string]
const serverInfo = z.object({ state: z.string().max(40), version: z.string().max(200) })
/** Only this field is asked for: the bootstrap is read once, when the process starts. */
const started = z.object({ configs: z.array(z.object({ last_updated: z.string().max(60) })).min(1) })

/** Integers of these keys are percent. */
const fractionKey = /^routing\.traffic_shift\./

/** A driver for one Envoy process. It sets runtime keys only; a target is `feature:<key>`, and its one value is named by the key. */
export function createEnvoyDriver(options: EnvoyOptions): Driver & { keys(): Promise<string[]> } {
  const timeoutMs = options.timeoutMs ?? 2000
  const http = createHttpCaller({
    name: 'Envoy',
    address: options.address,
    secret: options.token ?? null,
    timeoutMs,
    largestMiB: 4,
    fix: {
      away: 'Check that this Envoy runs and that the connection in Settings has its admin address.',
      strange: 'Check that the address of the connection is the admin listener of an Envoy.',
    },
  })
  const { base, badAnswer } = http

  async function read<T>(path: string, schema: z.ZodType<T>, signal?: AbortSignal): Promise<T> {
    const answer = await http.call({ method: 'GET', path, signal })
    if (answer.status !== 200) throw refused(answer)
    return http.read(answer, schema)
  }

  const runtimeNow = (signal?: AbortSignal) => read('runtime?format=json', runtime, signal)

  /** A key that no layer has is unknown: Envoy takes any, and nobody can tell whether something reads it. */
  async function entryOf(target: string, signal?: AbortSignal): Promise<{ key: string; entry: Entry }> {
    const key = keyOf(target)
    const { entries } = await runtimeNow(signal)
    const entry = Object.hasOwn(entries, key) ? entries[key] : undefined
    if (entry) return { key, entry }
    throw new ActionError('unknown-target', `The runtime of Envoy at ${base} has no key "${key}".`, {
      fix: 'Correct the name, or give the key its usual value in a static_layer before the admin_layer; docs/drivers.md shows the lines.',
    })
  }

  function stateOf(target: string, { key, entry }: { key: string; entry: Entry }): TargetState {
    const values = { [key]: valueOf(key, entry.final_value, base) }
    return { target, version: stateVersion([], values), instance: null, servers: [], values, notes: {} }
  }

  return {
    name: 'envoy',
    inFlightSeconds: timeoutMs / 1000,
    forgets: true,
    keys: async () => Object.keys((await runtimeNow()).entries).toSorted(),

    async observe(target, signal) {
      // The values first: a restart in between then shows as new with the next look, never as a change by somebody else.
      const found = await entryOf(target, signal)
      const { state, version } = await read('server_info', serverInfo, signal)
      const [bootstrap] = (await read('config_dump?mask=last_updated', started, signal)).configs
      return {
        ...stateOf(target, found),
        instance: bootstrap?.last_updated ?? null,
        notes: {
          Envoy: `${state === 'LIVE' ? 'live' : `not live: ${state}`}, ${version.split('/')[1] ?? version}`,
          'set for': 'this Envoy process only',
        },
      }
    },

    async apply(intent, to) {
      if (intent.kind !== 'set-values') throw cannotSet('Envoy', intent)
      const { wanted, text } = wantedOf(intent)
      const found = await entryOf(intent.target, to.signal)
      const state = stateOf(intent.target, found)
      if (to.expect !== null && state.version !== to.expect)
        throw new ActionError('stale', `${intent.target} is not as it was judged: somebody changed it since.`, {
          fix: 'Nothing was sent. Run the step again for a new plan.',
        })
      if (state.values[found.key] === wanted) return
      await write(found.key, isBelow(found.entry, text) ? '' : text, to)
    },
  }

  async function write(key: string, value: string, to: ApplyCall): Promise<void> {
    assertMaySend(to)
    const path = `runtime_modify?${encodeURIComponent(key)}=${encodeURIComponent(value)}`
    const answer = await http.call({ method: 'POST', path, signal: to.signal })
    const { status, text } = answer
    if (status === 200 && text.trim() === 'OK') return
    if (status === 200) throw badAnswer('runtime_modify', `${JSON.stringify(text.slice(0, 80))} is not OK`)
    if (status === 503 && /admin layer/i.test(text))
      throw new ActionError('target-refused', `Envoy at ${base} has no admin layer, so its runtime cannot be set.`, {
        fix: 'Add `- { name: admin, admin_layer: {} }` as the last layer of layered_runtime; docs/drivers.md shows the lines.',
      })
    throw refused(answer)
  }

  function refused({ call, status }: HttpAnswer): ActionError {
    return new ActionError('target-refused', `Envoy at ${base} answered ${call} with ${status}.`, {
      fix: 'Check that the address is the admin listener and that its allow_paths, or a proxy before it, let the paths of docs/drivers.md through.',
      retryable: status >= 500,
    })
  }
}

function keyOf(target: string): string {
  const prefix = featureTarget('')
  const key = target.startsWith(prefix) ? target.slice(prefix.length) : target
  assertSafeName(key)
  if (key !== target) return key
  throw new ActionError('unknown-target', `Envoy's runtime has features only, and "${target}" is none.`, {
    fix: `Use the node "Degrade a feature" with the runtime key; the target is then ${prefix}<key>.`,
  })
}

/** Everything is checked before anything is sent. */
function wantedOf(intent: Extract<Intent, { kind: 'set-values' }>): { wanted: SettingValue; text: string } {
  const key = keyOf(intent.target)
  const [name, ...others] = Object.keys(intent.values)
  const wanted = intent.values[key]
  if (name !== key || others.length > 0 || wanted === undefined) throw cannotSet('Envoy', intent)
  const text = String(wanted)
  const refuse = (why: string, fix: string): ActionError =>
    new ActionError('bad-request', `${key} cannot be ${JSON.stringify(text.slice(0, 80))}: ${why}.`, { fix })
  if (wanted === null) throw refuse('a runtime key has a value', 'Name the value that it is to have.')
  if (!isWord(text))
    throw refuse('it may not be sent', 'Use a number from 0, true, false, or a word of letters, digits and _ . : -')
  if (readValue(text) !== wanted)
    throw refuse(
      'Envoy does not tell it from a number or a truth value',
      `Write ${text} without quotes, as a plain number, true or false.`,
    )
  if (fractionKey.test(key) && !(Number.isInteger(wanted) && Number(wanted) <= 100))
    throw refuse('it is a share of requests', 'Use whole percent, from 0 to 100.')
  return { wanted, text }
}

/** What a layer holds, which is text: numbers and truth values only in their shortest form, so that writing one gives the same text again. */
function readValue(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true'
  return /^(0|[1-9]\d{0,14})(\.\d{1,6})?$/.test(text) && String(Number(text)) === text ? Number(text) : text
}

/** Values have the form of names: what is set reads back as the same text. */
const isWord = (text: string): boolean => safeName.test(text)

/** @throws ActionError `bad-answer` for what could not be put back: a structure, or free text. */
function valueOf(key: string, text: string, base: string): string | number | boolean {
  if (isWord(text)) return readValue(text)
  throw new ActionError('bad-answer', `The value of ${key} in Envoy at ${base} is a structure or free text.`, {
    fix: 'Give the key a whole number of percent, true, false or a word in its static_layer: only such values can be set and put back.',
  })
}

/**
 * Whether the layers before the last, which is the admin layer, give the value: then our override is taken away, and nothing of it stays. Layers
 * that have no value of a key show an empty text.
 */
function isBelow({ layer_values: layers }: Entry, text: string): boolean {
  return layers.at(-1) !== '' && layers.slice(0, -1).findLast((value) => value !== '') === text
}
