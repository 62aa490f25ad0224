/**
 * HTTP as drivers speak it: one call with a time limit, a bounded answer, and no redirects, which would carry the secret elsewhere.
 *
 * A call that fails was *not sent* (no connection was made, so it changed nothing) or *maybe sent* (the answer is missing or cannot be read: it may be
 * done, and may still land until the time limit is over). Messages say which, for people. The protocol reads back either way, because an earlier
 * call of the same change may have taken effect.
 */
import * as z from 'zod'
import { ActionError, messageOf } from '../action-error.ts'

export interface HttpSystem {
  /** As messages begin: "nginx", "The gateway". */
  name: string
  /** `http(s)://host:port`, with a path where it has one. */
  address: string
  /** Goes as a bearer token, and as `user:password` where `basic` is set. No message has it. */
  secret: string | null
  /** Whether a secret with a colon is `user:password`. */
  basic?: boolean
  timeoutMs: number
  /** In MiB: more is not an answer to what was asked. */
  largestMiB: number
  /** What to look at when it cannot be reached, and when what answers is something else. */
  fix: { away: string; strange: string }
}

export interface HttpCall {
  method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'PATCH' | 'DELETE'
  /** Without the slash that it begins with. */
  path: string
  headers?: Record<string, string>
  body?: string | undefined
  signal?: AbortSignal | undefined
}

export interface HttpAnswer {
  /** `PUT /features/search`: for messages. */
  call: string
  path: string
  status: number
  ok: boolean
  text: string
  retryAfter: string | null
}

export interface HttpCaller {
  /** The address without a slash at its end, for messages. */
  base: string
  /** @throws ActionError `target-unreachable`; `bad-answer` when it is too long; `bad-request` for an address or secret that cannot be used. */
  call(call: HttpCall): Promise<HttpAnswer>
  /** @throws ActionError `bad-answer`. */
  read<Body>(answer: HttpAnswer, schema: z.ZodType<Body>): Body
  /** For messages: the beginning of what the system said, without our secret. */
  said(text: string): string
  /** @param what is wrong with the answer to that path. */
  badAnswer(path: string, what: string): ActionError
}

/** A caller of one system. */
export function createHttpCaller(system: HttpSystem): HttpCaller {
  const { name, secret, timeoutMs, largestMiB, fix } = system
  const base = system.address.replace(/\/$/, '')
  const credentials = credentialsOf(system)

  const unreachable = (what: string, cause: unknown): ActionError =>
    new ActionError('target-unreachable', `${name} at ${base} ${what}.`, { fix: fix.away, cause })

  const badAnswer = (path: string, what: string): ActionError =>
    new ActionError('bad-answer', `${name} at ${base} answered /${path} with what cannot be read: ${what}`, {
      fix: fix.strange,
    })

  // In both forms: `user:password` goes over the wire in another than it is known by.
  const hidden = [secret, credentials?.split(' ')[1]].flatMap((each) => (each ? [each] : []))

  return {
    base,
    badAnswer,
    said: (text) => hidden.reduce<string>((left, each) => left.replaceAll(each, '***'), text).slice(0, 300),

    async call({ method, path, headers, body, signal }) {
      assertUsable(system, credentials)
      const call = `${method} /${path}`
      const timeout = AbortSignal.timeout(timeoutMs)
      try {
        const response = await fetch(`${base}/${path}`, {
          method,
          headers: { ...(credentials === null ? {} : { authorization: credentials }), ...headers },
          ...(body === undefined ? {} : { body }),
          signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
          redirect: 'error',
        })
        const text = await textOf(response, largestMiB * 1024 * 1024)
        if (text === null) throw badAnswer(path, `it is over ${largestMiB} MiB`)
        const { status, ok } = response
        return { call, path, status, ok, text, retryAfter: response.headers.get('retry-after') }
      } catch (error) {
        if (error instanceof ActionError) throw error
        if (signal?.aborted) throw unreachable(`was not waited for: the step was cancelled during ${call}`, error)
        if (timeout.aborted) throw unreachable(`did not answer ${call} within ${timeoutMs / 1000} s`, error)
        const { code, reason } = causeOf(error)
        if (beforeSending.test(code)) throw unreachable(`cannot be reached (${reason}), so ${call} was not sent`, error)
        throw unreachable(`broke off before it had answered ${call} (${reason})`, error)
      }
    },

    read(answer, schema) {
      const parsed = schema.safeParse(jsonOf(answer.text))
      if (parsed.success) return parsed.data
      throw badAnswer(answer.path, z.prettifyError(parsed.error).slice(0, 400))
    },
  }
}

/** undefined, which no schema takes, for what is no JSON. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function credentialsOf({ secret, basic = false }: HttpSystem): string | null {
  if (secret === null) return null
  return basic && secret.includes(':') ? `Basic ${Buffer.from(secret).toString('base64')}` : `Bearer ${secret.trim()}`
}

/** Here, and not by `fetch`, whose messages repeat what they refuse. */
function assertUsable({ name, address }: HttpSystem, credentials: string | null): void {
  const refuse = (why: string, fix: string): ActionError =>
    new ActionError('bad-request', `${name} cannot be called: ${why}.`, { fix })
  const url = URL.canParse(address) ? new URL(address) : null
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw refuse('its address is none of HTTP', 'Write http://host:port or https://host:port in Settings, Connections.')
  if (url.username !== '' || url.password !== '')
    throw refuse('its address has a user in it', 'Take it out, and set it as the secret of the connection.')
  // What a field of RFC 9110 may hold.
  if (credentials !== null && !/^[\t\x20-\x7e\x80-\xff]*$/.test(credentials))
    throw refuse('its secret has characters that no header takes', 'Set the secret of the connection anew.')
}

/** null when it is longer than `largest` bytes; the rest is not waited for. */
async function textOf(response: Response, largest: number): Promise<string | null> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > largest) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const coded = z.looseObject({ code: z.string() })

/** `fetch` says only "fetch failed"; why is in its cause. */
function causeOf(error: unknown): { code: string; reason: string } {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  const { code = '' } = coded.safeParse(cause).data ?? {}
  return { code, reason: code || messageOf(cause) }
}

/** Codes of what ends before there is a connection to send over: its name, its address, its certificate. */
const beforeSending =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|.*CERT.*|UNABLE_TO_.*)$/
