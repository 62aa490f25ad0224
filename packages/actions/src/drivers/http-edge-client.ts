/** Calls of the gateway contract: JSON over HTTP with a time limit, and what each refusal means for the protocol. */
import * as z from 'zod'
import { ActionError } from '../action-error.ts'

/** Far above any list of backends; more is not an answer to what was asked. */
const LARGEST_ANSWER = 4 * 1024 * 1024

export interface GatewayClient {
  /** @throws ActionError `target-unreachable`, `unknown-target`, `target-refused`, `bad-answer`. */
  get<Body>(path: string, schema: z.ZodType<Body>, signal?: AbortSignal): Promise<Body>
  /** As `get`, null where there is nothing of that name. */
  find<Body>(path: string, schema: z.ZodType<Body>, signal?: AbortSignal): Promise<Body | null>
  /** @throws ActionError as `get`, and `stale` for an old fence (409 `stale-fence`) or version (412). */
  put(path: string, body: unknown, headers: Record<string, string>, signal?: AbortSignal): Promise<void>
}

export function createGatewayClient(of: { address: string; token: string | null; timeoutMs: number }): GatewayClient {
  const { address, token, timeoutMs } = of
  const base = address.replace(/\/$/, '')

  async function find<Body>(path: string, schema: z.ZodType<Body>, signal?: AbortSignal): Promise<Body | null> {
    const { status, text } = await call('GET', path, {}, undefined, signal)
    if (status === 404) return null
    assertDone('GET', path, status, text)
    const answer = schema.safeParse(parse(text))
    if (answer.success) return answer.data
    throw new ActionError(
      'bad-answer',
      `${base}/${path} answered what cannot be read: ${z.prettifyError(answer.error).slice(0, 400)}`,
      { fix: 'Check that the address is that of a gateway as docs/gateway.md describes it.' },
    )
  }

  async function call(
    method: 'GET' | 'PUT',
    path: string,
    headers: Record<string, string>,
    body: unknown,
    signal?: AbortSignal,
  ): Promise<{ status: number; text: string }> {
    const timeout = AbortSignal.timeout(timeoutMs)
    try {
      const response = await fetch(`${base}/${path}`, {
        method,
        headers: {
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
        redirect: 'error',
      })
      return { status: response.status, text: await textOf(response) }
    } catch (error) {
      if (error instanceof ActionError) throw error
      throw new ActionError(
        'target-unreachable',
        `The gateway at ${base} did not answer ${method} /${path} within ${timeoutMs / 1000} s.`,
        { fix: 'Check that the gateway runs and that the connection in Settings has its address.', cause: error },
      )
    }
  }

  function assertDone(method: string, path: string, status: number, text: string): void {
    if (status >= 200 && status < 300) return
    const said = text.slice(0, 200)
    if (status === 404)
      throw new ActionError('unknown-target', `The gateway at ${base} does not know /${path}: ${said}`, {
        fix: 'Compare the names with GET /backends and GET /features.',
      })
    if (status === 412 || (status === 409 && codeOf(text) === 'stale-fence'))
      throw new ActionError('stale', `The gateway refused ${method} /${path} as outdated: ${said}`, {
        fix: 'Nothing was changed by it. The target is read back; run the step again for a new plan.',
      })
    if (status === 401 || status === 403)
      throw new ActionError('target-refused', `The gateway at ${base} does not accept our token (${status}).`, {
        fix: 'Set the bearer token as the secret of the connection in Settings.',
      })
    throw new ActionError('target-refused', `The gateway refused ${method} /${path} with ${status}: ${said}`, {
      fix: 'The message above says what it does not accept.',
      retryable: status >= 500 || status === 429,
    })
  }

  return {
    find,
    async get(path, schema, signal) {
      const body = await find(path, schema, signal)
      if (body !== null) return body
      throw new ActionError('unknown-target', `The gateway at ${base} has no /${path}.`, {
        fix: 'Compare the names with GET /backends and GET /features.',
      })
    },
    async put(path, body, headers, signal) {
      const { status, text } = await call('PUT', path, headers, body, signal)
      assertDone('PUT', path, status, text)
    },
  }
}

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > LARGEST_ANSWER)
      throw new ActionError('bad-answer', 'The gateway answered more than 4 MiB.', {
        fix: 'Check that the address is that of a gateway as docs/gateway.md describes it.',
      })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** undefined, which no schema takes, for what is no JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function codeOf(text: string): string | null {
  return z.object({ code: z.string() }).safeParse(parse(text)).data?.code ?? null
}
