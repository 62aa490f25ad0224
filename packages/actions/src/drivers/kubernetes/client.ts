/** Calls of a Kubernetes API server: JSON over HTTP with a time limit, and what each refusal means for the protocol. */
import * as z from 'zod'
import { ActionError } from '../../action-error.ts'

export interface KubernetesOptions {
  /** `http(s)://host:port` of the API server. */
  address: string
  /** A bearer token, of a service account with the rights that docs/kubernetes.md lists. */
  token: string | null
  /** Of one call; 5,000 by default. */
  timeoutMs?: number
}

/** What an answer may be at most: a cluster's pods on one node, or the replica sets of one deployment. */
const largestAnswer = 32 * 1024 * 1024

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
  const { token, timeoutMs = 5000 } = options
  const base = options.address.replace(/\/$/, '')

  async function call(
    method: string,
    path: string,
    content: { type: string; body: unknown } | null,
    signal?: AbortSignal,
  ): Promise<{ status: number; text: string; retryAfter: string | null }> {
    const timeout = AbortSignal.timeout(timeoutMs)
    try {
      const response = await fetch(`${base}/${path}`, {
        method,
        headers: {
          accept: 'application/json',
          ...(content ? { 'content-type': content.type } : {}),
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        },
        ...(content ? { body: JSON.stringify(content.body) } : {}),
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
        redirect: 'error',
      })
      return {
        status: response.status,
        text: await textOf(response),
        retryAfter: response.headers.get('retry-after'),
      }
    } catch (error) {
      if (error instanceof ActionError) throw error
      throw new ActionError(
        'target-unreachable',
        `The Kubernetes API server at ${base} did not answer ${method} /${path} within ${timeoutMs / 1000} s.`,
        { fix: 'Check that it runs, and the address and certificate of the connection in Settings.', cause: error },
      )
    }
  }

  function refused(method: string, path: string, status: number, text: string): ActionError {
    const said = saidOf(text)
    if (status === 404)
      return new ActionError('unknown-target', `The cluster at ${base} has no /${path}: ${said}`, {
        fix: 'Compare the name with `kubectl get`. A route needs its custom resource definition.',
      })
    if (status === 401 || status === 403)
      return new ActionError('target-refused', `The cluster at ${base} does not allow ${method} /${path}: ${said}`, {
        fix: 'Set a token with this right as the secret of the connection; docs/kubernetes.md lists the rights.',
      })
    return new ActionError('target-refused', `The cluster refused ${method} /${path} with ${status}: ${said}`, {
      fix: 'The message above says what it does not accept.',
      retryable: status >= 500 || status === 429,
    })
  }

  return {
    async get(path, schema, signal) {
      const { status, text } = await call('GET', path, null, signal)
      if (status < 200 || status >= 300) throw refused('GET', path, status, text)
      const answer = schema.safeParse(parse(text))
      if (answer.success) return answer.data
      throw new ActionError(
        'bad-answer',
        `${base}/${path} answered what cannot be read: ${z.prettifyError(answer.error).slice(0, 400)}`,
        { fix: 'Check that the address is that of a Kubernetes API server, 1.25 or newer.' },
      )
    },
    async write({ method, path, contentType, body }, signal) {
      const { status, text, retryAfter } = await call(method, path, { type: contentType, body }, signal)
      if (status >= 200 && status < 300) return { kind: 'done' }
      const said = saidOf(text)
      if (status === 409) return { kind: 'conflict', said }
      if (status === 404) return { kind: 'gone', said }
      // A JSON Patch whose `test` fails is answered 422 by the API server: the version that it names is not the present one.
      if (status === 422 && contentType === 'application/json-patch+json' && /test/i.test(said))
        return { kind: 'conflict', said }
      if (status === 429) return { kind: 'later', said, retryAfterSeconds: secondsOf(retryAfter) }
      throw refused(method, path, status, text)
    },
  }
}

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > largestAnswer)
      throw new ActionError('bad-answer', 'The Kubernetes API server answered more than 32 MiB.', {
        fix: 'Check that the address is that of a Kubernetes API server.',
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

/** The `message` of a Status, else the beginning of what came. */
function saidOf(text: string): string {
  return (z.object({ message: z.string() }).safeParse(parse(text)).data?.message ?? text).slice(0, 300)
}

function secondsOf(header: string | null): number {
  const seconds = Number(header ?? '1')
  return Number.isFinite(seconds) ? Math.min(10, Math.max(0.2, seconds)) : 1
}
