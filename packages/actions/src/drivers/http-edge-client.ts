/** Calls of the gateway contract: JSON over HTTP, and what each refusal means for the protocol. */
import * as z from 'zod'
import { ActionError } from '../action-error.ts'
import { createHttpCaller, jsonOf, type HttpAnswer } from './http-call.ts'

export interface GatewayClient {
  /** @throws ActionError `target-unreachable`, `unknown-target`, `target-refused`, `bad-answer`. */
  get<Body>(path: string, schema: z.ZodType<Body>, signal?: AbortSignal): Promise<Body>
  /** As `get`, null where there is nothing of that name. */
  find<Body>(path: string, schema: z.ZodType<Body>, signal?: AbortSignal): Promise<Body | null>
  /** @throws ActionError as `get`, and `stale` for an old fence (409 `stale-fence`) or version (412). */
  put(path: string, body: unknown, headers: Record<string, string>, signal?: AbortSignal): Promise<void>
}

export function createGatewayClient(of: { address: string; token: string | null; timeoutMs: number }): GatewayClient {
  const http = createHttpCaller({
    name: 'The gateway',
    address: of.address,
    secret: of.token,
    timeoutMs: of.timeoutMs,
    // Far above any list of backends.
    largestMiB: 4,
    fix: {
      away: 'Check that the gateway runs and that the connection in Settings has its address.',
      strange: 'Check that the address is that of a gateway as docs/gateway.md describes it.',
    },
  })
  const accept = { accept: 'application/json' }

  function assertDone({ call, path, status, ok, text }: HttpAnswer): void {
    if (ok) return
    const said = http.said(text)
    if (status === 404)
      throw new ActionError('unknown-target', `The gateway at ${http.base} does not know /${path}: ${said}`, {
        fix: 'Compare the names with GET /backends and GET /features.',
      })
    if (status === 412 || (status === 409 && codeOf(text) === 'stale-fence'))
      throw new ActionError('stale', `The gateway refused ${call} as outdated: ${said}`, {
        fix: 'Nothing was changed by it. The target is read back; run the step again for a new plan.',
      })
    if (status === 401 || status === 403)
      throw new ActionError('target-refused', `The gateway at ${http.base} does not accept our token (${status}).`, {
        fix: 'Set the bearer token as the secret of the connection in Settings.',
      })
    throw new ActionError('target-refused', `The gateway refused ${call} with ${status}: ${said}`, {
      fix: 'The message above says what it does not accept.',
      retryable: status >= 500 || status === 429,
    })
  }

  return {
    async get(path, schema, signal) {
      const answer = await http.call({ method: 'GET', path, headers: accept, signal })
      assertDone(answer)
      return http.read(answer, schema)
    },
    async find(path, schema, signal) {
      const answer = await http.call({ method: 'GET', path, headers: accept, signal })
      if (answer.status === 404) return null
      assertDone(answer)
      return http.read(answer, schema)
    },
    async put(path, body, headers, signal) {
      const all = { ...accept, 'content-type': 'application/json', ...headers }
      assertDone(await http.call({ method: 'PUT', path, headers: all, body: JSON.stringify(body), signal }))
    },
  }
}

function codeOf(text: string): string | null {
  return z.object({ code: z.string() }).safeParse(jsonOf(text)).data?.code ?? null
}
