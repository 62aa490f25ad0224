import type { Call, Route } from './route.ts'
import { errorOf, TenonError } from './tenon-error.ts'

const mostRetries = 3

/** @param options.retryLimited waits and calls again (at most three times) when the server says 429: then it has not looked at the request. */
export function createCall(options: {
  url: string
  token: string | undefined
  fetch: typeof fetch
  retryLimited: boolean
}): Call {
  const base = options.url.replace(/\/+$/, '')
  return async (route, args, { signal } = {}) => {
    const values = new Map<string, unknown>(Object.entries(args))
    const url = `${base}${pathOf(route, values)}${queryOf(route, values)}`
    const headers = headersOf(route, values)
    if (options.token !== undefined) headers['authorization'] = `Bearer ${options.token}`
    const init = { method: route.method, headers, ...bodyOf(route, values), ...(signal ? { signal } : {}) }
    for (let attempt = 0; ; attempt += 1) {
      const response = await options.fetch(url, init).catch((cause: unknown) => {
        if (signal?.aborted) throw cause
        throw unreachable(base, cause)
      })
      if (response.ok && route.files) {
        const file = await fileOf(response)
        if (file !== null) return file
      }
      const text = await response.text()
      if (response.ok) return answerOf(route, text)
      if (response.status !== 429 || !options.retryLimited || attempt >= mostRetries)
        throw errorOf(response.status, text)
      await pause(Number(response.headers.get('retry-after') ?? 1) * 1000, signal)
    }
  }
}

function pathOf(route: Route, values: Map<string, unknown>): string {
  return route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(textOf(values.get(name))))
}

function queryOf(route: Route, values: Map<string, unknown>): string {
  const query = new URLSearchParams()
  for (const name of route.query) {
    for (const value of [values.get(name)].flat()) if (value !== undefined) query.append(name, textOf(value))
  }
  const text = query.toString()
  return text === '' ? '' : `?${text}`
}

/** Arguments of addresses and headers are texts, numbers and booleans. */
const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

function headersOf(route: Route, values: Map<string, unknown>): Record<string, string> {
  const headers: Record<string, string> = { accept: route.text || route.files ? '*/*' : 'application/json' }
  for (const [name, header] of Object.entries(route.headers)) {
    const value = values.get(name)
    if (value !== undefined) headers[header.toLowerCase()] = textOf(value)
  }
  if (route.body !== undefined && values.get('body') !== undefined) headers['content-type'] = route.body
  return headers
}

function bodyOf(route: Route, values: Map<string, unknown>): { body?: string } {
  const body = values.get('body')
  if (route.body === undefined || body === undefined) return {}
  return { body: typeof body === 'string' && route.body !== 'application/json' ? body : JSON.stringify(body) }
}

/** Null when it is JSON. */
async function fileOf(response: Response): Promise<string | Uint8Array | null> {
  const type = response.headers.get('content-type') ?? ''
  if (type.startsWith('application/json')) return null
  return type.startsWith('text/') ? response.text() : new Uint8Array(await response.arrayBuffer())
}

function answerOf(route: Route, text: string): unknown {
  if (route.text) return text
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new TenonError('The answer is not JSON.', {
      status: 200,
      code: 'not-tenon',
      fix: 'Check that the address is Tenon’s.',
      cause,
    })
  }
}

function unreachable(base: string, cause: unknown): TenonError {
  return new TenonError(`${base} does not answer.`, {
    status: 0,
    code: 'unreachable',
    fix: 'Check the address, and that Tenon runs.',
    cause,
  })
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds)
    signal?.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(signal.reason instanceof Error ? signal.reason : new Error('Aborted'))
    })
  })
}
