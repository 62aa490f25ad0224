/**
 * An edge with a small HTTP admin API, such as the demo shop's own. `GET /backends` shows all; `PUT /backends/<backend>/weights` and
 * `PUT /backends/<backend>/rate-limit` set absolute values.
 */
import * as z from 'zod'
import { ActionError } from '../action-error.ts'
import type { Driver, ServerState, TargetState } from '../driver.ts'
import { stateVersion } from '../state-version.ts'
import { assertMaySend } from './may-send.ts'
import { assertSafeName, cannotSet, type ZoneOf } from './names.ts'

export interface HttpEdgeOptions {
  /** `http(s)://host:port` */
  address: string
  zoneOf: ZoneOf
  /** Sent as a bearer token. */
  token?: string
  /** Of one call; 2,000 by default. */
  timeoutMs?: number
}

/** What `GET /backends` answers. */
export const httpEdgeBackends = z.object({
  backends: z.array(
    z.object({
      name: z.string(),
      /** Requests per second; null is unlimited. */
      rateLimit: z.number().nullable(),
      servers: z.array(z.object({ name: z.string(), weight: z.number(), up: z.boolean(), requestsTotal: z.number() })),
    }),
  ),
})

/** A driver for one HTTP edge. Weights of a target `*` are named `<backend>/<server>`. */
export function createHttpEdgeDriver(options: HttpEdgeOptions): Driver {
  const timeoutMs = options.timeoutMs ?? 2000

  return {
    name: 'http-edge',
    inFlightSeconds: timeoutMs / 1000,
    forgets: true,

    async observe(target, signal) {
      if (target !== '*') assertSafeName(target)
      const answer = httpEdgeBackends.safeParse(await call('GET', '/backends', undefined, signal))
      if (!answer.success)
        throw new ActionError(
          'bad-answer',
          `${options.address}/backends answered what cannot be read: ${z.prettifyError(answer.error)}`,
          {
            fix: "Check that the address is that of the edge's admin API.",
          },
        )
      const backends = answer.data.backends.filter((backend) => target === '*' || backend.name === target)
      const servers = backends.flatMap((backend) =>
        backend.servers.map((server): ServerState => ({
          name: target === '*' ? `${backend.name}/${server.name}` : server.name,
          zone: options.zoneOf(server.name) ?? '',
          weight: server.weight,
          up: server.up,
          requestsPerSecond: null,
          requestsTotal: server.requestsTotal,
        })),
      )
      if (servers.length === 0)
        throw new ActionError(
          'unknown-target',
          `The edge at ${options.address} has no backend "${target}" with servers.`,
          {
            fix: "Compare the entity's edge in the model with GET /backends.",
          },
        )
      const values: TargetState['values'] = target === '*' ? {} : { limit: backends[0]?.rateLimit ?? null }
      const version = stateVersion(servers, values)
      return { target, version, instance: null, servers, values, notes: {} } satisfies TargetState
    },

    async apply(intent, to) {
      switch (intent.kind) {
        case 'set-weights': {
          const byBackend = weightsByBackend(intent.target, intent.weights)
          for (const [backend, weights] of byBackend) {
            assertMaySend(to)
            await call('PUT', `/backends/${backend}/weights`, { weights }, to.signal)
          }
          return
        }
        case 'set-values': {
          assertSafeName(intent.target)
          const { limit, ...others } = intent.values
          if (Object.keys(others).length > 0 || limit === undefined) throw cannotSet('The edge', intent)
          assertMaySend(to)
          await call('PUT', `/backends/${intent.target}/rate-limit`, { requestsPerSecond: limit }, to.signal)
          return
        }
        case 'set-silence':
        case 'run-statement':
          throw cannotSet('An edge', intent)
      }
    },
  }

  async function call(method: 'GET' | 'PUT', path: string, body: unknown, signal?: AbortSignal): Promise<unknown> {
    const timeout = AbortSignal.timeout(timeoutMs)
    let response: Response
    let text: string
    try {
      const init: RequestInit = {
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
        redirect: 'error',
      }
      response = await fetch(new URL(path, options.address), init)
      text = await response.text()
    } catch (error) {
      throw new ActionError(
        'target-unreachable',
        `The edge at ${options.address} did not answer ${method} ${path} within ${timeoutMs / 1000} s.`,
        {
          fix: 'Check that the edge runs and that the connection in Settings has its address.',
          cause: error,
        },
      )
    }
    if (response.status === 404)
      throw new ActionError('unknown-target', `The edge at ${options.address} does not know ${path}.`, {
        fix: 'Compare the names in the model with GET /backends.',
      })
    if (!response.ok)
      throw new ActionError(
        'target-refused',
        `The edge refused ${method} ${path} with ${response.status}: ${text.slice(0, 200)}`,
        {
          fix: 'The message above says what it does not accept.',
          retryable: response.status >= 500,
        },
      )
    if (text === '') return null
    try {
      return JSON.parse(text)
    } catch (error) {
      throw new ActionError('bad-answer', `The edge answered ${method} ${path} with something other than JSON.`, {
        fix: "Check that the address is that of the edge's admin API.",
        cause: error,
      })
    }
  }
}

/** Every name is checked before the first call. */
function weightsByBackend(target: string, weights: Record<string, number>): Map<string, Record<string, number>> {
  const byBackend = new Map<string, Record<string, number>>()
  for (const [name, weight] of Object.entries(weights)) {
    const [backend, server] =
      target === '*' ? [name.slice(0, name.indexOf('/')), name.slice(name.indexOf('/') + 1)] : [target, name]
    assertSafeName(backend)
    assertSafeName(server)
    if (!Number.isFinite(weight) || weight < 0)
      throw new ActionError('bad-request', `${name}: ${weight} is not a weight.`, { fix: 'Use a number of 0 or more.' })
    byBackend.set(backend, { ...byBackend.get(backend), [server]: weight })
  }
  return byBackend
}
