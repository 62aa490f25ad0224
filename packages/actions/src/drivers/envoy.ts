/**
 * Envoy's runtime, through its administration interface: features and fractions that Envoy reads with each request, set without a reload. What is set
 * lives in the admin layer of one process and is gone when that process ends. Protocol: Envoy's "Administration interface" (`/runtime`,
 * `/runtime_modify`, `/server_info`, `/config_dump`) and "Runtime" of its documentation; tried with Envoy 1.40.
 */
import * as z from 'zod'
import { ActionError } from '../action-error.ts'
import type { ApplyCall, Driver, Intent, SettingValue, TargetState } from '../driver.ts'
import { stateVersion } from '../state-version.ts'
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

const largestAnswer = 4 * 1024 * 1024
/** Integers of these keys are percent. */
const fractionKey = /^routing\.traffic_shift\./

/** A driver for one Envoy process. It sets runtime keys only; a target is `feature:<key>`, and its one value is named by the key. */
export function createEnvoyDriver(options: EnvoyOptions): Driver & { keys(): Promise<string[]> } {
  const timeoutMs = options.timeoutMs ?? 2000
  const base = options.address.replace(/\/$/, '')

  async function call(
    method: 'GET' | 'POST',
    path: string,
    signal?: AbortSignal,
  ): Promise<{ status: number; text: string }> {
    const timeout = AbortSignal.timeout(timeoutMs)
    try {
      const response = await fetch(`${base}/${path}`, {
        method,
        headers: options.token === undefined ? {} : { authorization: `Bearer ${options.token}` },
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
        redirect: 'error',
      })
      return { status: response.status, text: await textOf(response, path) }
    } catch (error) {
      if (error instanceof ActionError) throw error
      throw new ActionError(
        'target-unreachable',
        `Envoy at ${base} did not answer ${method} /${path} within ${timeoutMs / 1000} s.`,
        { fix: 'Check that this Envoy runs and that the connection in Settings has its admin address.', cause: error },
      )
    }
  }

  async function textOf(response: Response, path: string): Promise<string> {
    const decoder = new TextDecoder()
    let text = ''
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true })
      if (text.length > largestAnswer) throw badAnswer(path, 'it is over 4 MiB')
    }
    return text
  }

  async function read<T>(path: string, schema: z.ZodType<T>, signal?: AbortSignal): Promise<T> {
    const { status, text } = await call('GET', path, signal)
    if (status !== 200) throw refused('GET', path, status)
    const parsed = schema.safeParse(parse(text))
    if (!parsed.success) throw badAnswer(path, z.prettifyError(parsed.error).slice(0, 400))
    return parsed.data
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

  async function write(key: string, text: string, to: ApplyCall): Promise<void> {
    assertMaySend(to)
    const path = `runtime_modify?${encodeURIComponent(key)}=${encodeURIComponent(text)}`
    const { status, text: answer } = await call('POST', path, to.signal)
    if (status === 200 && answer.trim() === 'OK') return
    if (status === 200) throw badAnswer('runtime_modify', `${JSON.stringify(answer.slice(0, 80))} is not OK`)
    if (status === 503 && /admin layer/i.test(answer))
      throw new ActionError('target-refused', `Envoy at ${base} has no admin layer, so its runtime cannot be set.`, {
        fix: 'Add `- { name: admin, admin_layer: {} }` as the last layer of layered_runtime; docs/drivers.md shows the lines.',
      })
    throw refused('POST', 'runtime_modify', status)
  }

  function refused(method: string, path: string, status: number): ActionError {
    return new ActionError('target-refused', `Envoy at ${base} answered ${method} /${path} with ${status}.`, {
      fix: 'Check that the address is the admin listener and that its allow_paths, or a proxy before it, let the paths of docs/drivers.md through.',
      retryable: status >= 500,
    })
  }

  function badAnswer(path: string, what: string): ActionError {
    return new ActionError('bad-answer', `What ${base} answers to /${path} is not Envoy's: ${what}`, {
      fix: 'Check that the address of the connection is the admin listener of an Envoy.',
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

const isWord = (text: string): boolean => /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/.test(text)

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

/** undefined, which no schema takes, for what is no JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
