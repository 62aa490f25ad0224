/** Asks a source that answers JSON over HTTP. Reads only, follows no redirect, and shows no credential in any message. */
import type * as z from 'zod'
import { DataError } from '../../data-error.ts'
import { connectionFault } from './connection-fault.ts'
import { sendRequest, type HttpAnswer } from './send-request.ts'

/** The secret is a bearer token, `user:password`, or `ApiKey ...` as Elasticsearch has them. */
export interface HttpAddress {
  url: string
  secret: string | null
}

/** What is spoken to: for messages, and for reading its own. */
export interface Product {
  /** As people call it: `Loki`. */
  name: string
  /** An address as it usually is: `http://loki:3100`. */
  example: string
  /** What it says in the body of a refusal; null when it does not speak so. */
  said(body: unknown, text: string): string | null
  /** Sent with every request, of the address as it is configured. */
  headers?(configured: URL): Record<string, string>
}

export interface JsonRequest<T> {
  /** Below the address: `api/v1/query`. */
  path: string
  query?: URLSearchParams
  /** With it the request is a POST. */
  body?: { form: URLSearchParams } | { json: unknown }
  schema: z.ZodType<T>
  /** Ends it before its time, with the signal's reason. */
  signal?: AbortSignal
  /** 30 by default. */
  seconds?: number
  /** 64 MiB by default. */
  maximumBytes?: number
  /** The answer is expected to be short: packing it takes longer than sending it as it is. */
  isShort?: boolean
}

const defaultSeconds = 30
const mebibyte = 1024 * 1024

/** @throws DataError `source-unreachable`, `source-refused`, `query-too-large` */
export async function requestJson<T>(address: HttpAddress, product: Product, request: JsonRequest<T>): Promise<T> {
  const { url, answer } = await ask(address, product, request)
  const found = request.schema.safeParse(readAnswer(url, answer, { product, secret: address.secret }))
  if (!found.success) throw notThat(url, product, { cause: found.error })
  return found.data
}

/** Whether anything answers at the address that does not turn one away; its paths are known only to tables. @throws DataError */
export async function reach(address: HttpAddress, product: Product, seconds: number): Promise<{ status: number }> {
  const { url, answer } = await ask(address, product, { path: '', seconds })
  const { status } = answer
  if (![400, 404, 405, 422].includes(status)) readAnswer(url, answer, { product, secret: address.secret })
  return { status }
}

/** What is asked, as it may be shown. @throws DataError `source-refused` when the address is none */
export function requestUrl(
  address: HttpAddress,
  product: Product,
  { path, query }: Pick<JsonRequest<unknown>, 'path' | 'query'>,
): URL {
  const url = urlBelow(configuredUrl(address, product), path)
  if (query) url.search = query.toString()
  return url
}

async function ask(
  address: HttpAddress,
  product: Product,
  request: Omit<JsonRequest<unknown>, 'schema'>,
): Promise<{ url: URL; answer: HttpAnswer }> {
  const { body, seconds = defaultSeconds, maximumBytes = 64 * mebibyte } = request
  const url = requestUrl(address, product, request)
  request.signal?.throwIfAborted()
  const limit = AbortSignal.timeout(seconds * 1000)
  const signal = request.signal ? AbortSignal.any([limit, request.signal]) : limit
  const headers = {
    accept: 'application/json',
    ...(request.isShort ? { 'accept-encoding': 'identity' } : {}),
    ...product.headers?.(configuredUrl(address, product)),
    ...authorization(address.secret),
  }
  try {
    const answer = await sendRequest({ url, headers, ...(body ? { body: packed(body) } : {}), signal, maximumBytes })
    return { url, answer }
  } catch (cause) {
    request.signal?.throwIfAborted()
    throw connectionFault(url, cause, limit.aborted ? seconds : null)
  }
}

/** @throws DataError `source-refused` when it is no address of HTTP */
function configuredUrl({ url }: HttpAddress, product: Product): URL {
  const base = URL.canParse(url) ? new URL(url) : null
  if (base === null || !/^https?:$/.test(base.protocol))
    throw new DataError('source-refused', `The connection's address is not one of ${product.name}.`, {
      fix: `Set it to an address such as ${product.example}.`,
    })
  return base
}

/** Without what must not be shown or sent. */
function urlBelow(configured: URL, path: string): URL {
  const base = new URL(configured)
  base.username = ''
  base.password = ''
  base.search = ''
  base.hash = ''
  if (path === '') return base
  if (!base.pathname.endsWith('/')) base.pathname += '/'
  return new URL(path, base)
}

function packed(body: NonNullable<JsonRequest<unknown>['body']>): { type: string; text: string } {
  if ('form' in body) return { type: 'application/x-www-form-urlencoded;charset=UTF-8', text: body.form.toString() }
  return { type: 'application/json', text: JSON.stringify(body.json) }
}

export function authorization(secret: string | null): Record<string, string> {
  if (!secret) return {}
  if (/^ApiKey \S+$/.test(secret)) return { authorization: secret }
  return {
    authorization: secret.includes(':') ? `Basic ${Buffer.from(secret).toString('base64')}` : `Bearer ${secret}`,
  }
}

function readAnswer(
  url: URL,
  { status, text, location }: HttpAnswer,
  { product, secret }: { product: Product; secret: string | null },
): unknown {
  if (status >= 300 && status < 400)
    throw refused(url, `it redirects${targetOf(url, location)}`, {
      fix: 'Set the connection to the address that it redirects to.',
    })
  const body = parseJson(text)
  if (status >= 200 && status < 300) {
    if (body === undefined) throw notThat(url, product, { answers: text })
    return body
  }
  const own = product.said(body, text)
  const said = withoutSecret(own ?? text, secret)
  if (status === 401 || status === 403)
    throw refused(url, `it answers ${status}, not allowed${own === null ? '' : `: ${said}`}`, {
      fix: `Check the connection's secret: a bearer token, or user:password${status === 403 ? ', and what it may read' : ''}.`,
    })
  // An error page of whatever else is there.
  if (status === 404 && own === null) throw notThat(url, product, { answers: '404' })
  // Gateways answer 502 to 504 when what is behind them does not; an overloaded store answers 429 or 503.
  const retryable = status === 429 || status >= 500
  throw refused(url, `${status}: ${said || 'no message'}`, {
    fix: retryable ? 'Try again; if it stays, look at the source.' : 'Check the table in the model, and the source.',
    retryable,
  })
}

/** Of a redirect to another host that host, without what else its address may carry. */
function targetOf(url: URL, location: string | null): string {
  if (location === null || !URL.canParse(location, url.href)) return ''
  const target = new URL(location, url)
  return target.origin === url.origin ? ` to ${target.pathname.slice(0, 100)}` : ` to ${target.origin}`
}

/** Undefined for what is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const shownCharacters = 300

/** One short line; what a server gives back of the request's own headers is not shown. */
function withoutSecret(text: string, secret: string | null): string {
  let line = text.slice(0, 100_000)
  const password = secret?.includes(':') ? secret.slice(secret.indexOf(':') + 1) : secret
  const hidden = secret ? [secret, Buffer.from(secret).toString('base64'), password ?? ''] : []
  for (const one of hidden) if (one.length > 0) line = line.replaceAll(one, '…')
  return line
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, shownCharacters)
}

function refused(url: URL, why: string, options: { fix: string; retryable?: boolean }): DataError {
  return new DataError('source-refused', `${url.origin} refused: ${why.replace(/\.$/, '')}.`, options)
}

/** It answers, but not as the product does. */
function notThat(url: URL, { name }: Product, { answers, cause }: { answers?: string; cause?: unknown }): DataError {
  const what = answers === undefined ? '' : `: it answers with ${kindOf(answers)}`
  return new DataError('source-refused', `${url.origin} does not answer as ${name} does${what}.`, {
    fix: 'Check the address and its path in Settings, Connections.',
    cause,
  })
}

function kindOf(text: string): string {
  if (text === '404') return '404, not found'
  if (text.trim() === '') return 'nothing'
  return /^\s*<(?:!doctype|html)/i.test(text) ? 'a page of HTML' : 'no JSON'
}
