/** Calls of a Kubernetes API server: JSON over HTTP, and what each refusal means for the protocol. */
import * as z from 'zod'
import { ActionError } from '../../action-error.ts'
import { createHttpCaller, jsonOf, type HttpAnswer } from '../http-call.ts'

export interface KubernetesOptions {
  /** `http(s)://host:port` of the API server. */
  address: string
  /** A bearer token, of a service account with the rights that docs/kubernetes.md lists. */
  token: string | null
  /** Of one call; 5,000 by default. */
  timeoutMs?: number
}

/** A change: JSON Patch (RFC 6902), a server-side apply, or a new object. */
export interface KubernetesWrite {
  method: 'PATCH' | 'POST'
  path: string
  contentType: 'application/json-patch+json' | 'application/apply-patch+yaml' | 'application/json'
  body: unknown
}

export interface KubernetesClient {
  /** @throws ActionError `target-unreachable`, `unknown-target`, `target-refused`, `bad-answer`. */
  get<Body>(path: string, schema: z.ZodType<Body>, signal?: AbortSignal): Promise<Body>
  /**
   * `done`, or why not: `conflict` is 409 (another resourceVersion; nothing was changed), `later` is 429 (a disruption budget, or too many
   * calls; nothing was changed), `gone` is 404.
   *
   * @throws ActionError as `get`.
   */
  write(write: KubernetesWrite, signal?: AbortSignal): Promise<WriteAnswer>
}

export type WriteAnswer =
  | { kind: 'done' }
  | { kind: 'conflict' | 'gone'; said: string }
  | { kind: 'later'; said: string; retryAfterSeconds: number }

export function createKubernetesClient(options: KubernetesOptions): KubernetesClient {
  const http = createHttpCaller({
    name: 'The Kubernetes API server',
    address: options.address,
    secret: options.token,
    timeoutMs: options.timeoutMs ?? 5000,
    // A cluster's pods on one node, or the replica sets of one deployment.
    largestMiB: 32,
    fix: {
      away: 'Check that it runs, and the address and certificate of the connection in Settings.',
      strange: 'Check that the address is that of a Kubernetes API server, 1.25 or newer.',
    },
  })
  const accept = { accept: 'application/json' }

  /** The `message` of a Status, else the beginning of what came. */
  const saidOf = (text: string): string =>
    http.said(z.object({ message: z.string() }).safeParse(jsonOf(text)).data?.message ?? text)

  function refused({ call, path, status, text }: HttpAnswer): ActionError {
    const said = saidOf(text)
    if (status === 404)
      return new ActionError('unknown-target', `The cluster at ${http.base} has no /${path}: ${said}`, {
        fix: 'Compare the name with `kubectl get`. A route needs its custom resource definition.',
      })
    if (status === 401 || status === 403)
      return new ActionError('target-refused', `The cluster at ${http.base} does not allow ${call}: ${said}`, {
        fix: 'Set a token with this right as the secret of the connection; docs/kubernetes.md lists the rights.',
      })
    return new ActionError('target-refused', `The cluster refused ${call} with ${status}: ${said}`, {
      fix: 'The message above says what it does not accept.',
      retryable: status >= 500 || status === 429,
    })
  }

  return {
    async get(path, schema, signal) {
      const answer = await http.call({ method: 'GET', path, headers: accept, signal })
      if (!answer.ok) throw refused(answer)
      return http.read(answer, schema)
    },
    async write({ method, path, contentType, body }, signal) {
      const headers = { ...accept, 'content-type': contentType }
      const answer = await http.call({ method, path, headers, body: JSON.stringify(body), signal })
      if (answer.ok) return { kind: 'done' }
      const { status, text, retryAfter } = answer
      const said = saidOf(text)
      if (status === 409) return { kind: 'conflict', said }
      if (status === 404) return { kind: 'gone', said }
      // A JSON Patch whose `test` fails is answered 422 by the API server: the version that it names is not the present one.
      if (status === 422 && contentType === 'application/json-patch+json' && /test/i.test(said))
        return { kind: 'conflict', said }
      if (status === 429) return { kind: 'later', said, retryAfterSeconds: secondsOf(retryAfter) }
      throw refused(answer)
    },
  }
}

function secondsOf(header: string | null): number {
  const seconds = Number(header ?? '1')
  return Number.isFinite(seconds) ? Math.min(10, Math.max(0.2, seconds)) : 1
}
