/**
 * The reference of the gateway contract (docs/gateway.md, docs/gateway.openapi.yaml): weights and limits of backends, features, incidents, each a
 * resource with a version. A change may bring `If-Match` (the version that was judged), `Idempotency-Key` and `Fencing-Token`; a stale or repeated
 * one is refused or answered without a second effect. Pure: no sockets, so that a server, and a server that fails on purpose, can serve it.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import * as z from 'zod'

export interface GatewayServer {
  name: string
  weight: number
  up: boolean
  requestsTotal: number
}

/** At most so many requests a second: of one route (a path prefix), of one caller, or of all. */
export interface GatewayLimit {
  route?: string
  caller?: string
  requestsPerSecond: number
}

export interface GatewayBackend {
  name: string
  servers: GatewayServer[]
  limits: GatewayLimit[]
}

export type FeatureValue = string | number | boolean

export interface GatewayFeature {
  name: string
  title: string
  value: FeatureValue
  /** What it may be. */
  values: FeatureValue[]
}

interface GatewayIncident {
  key: string
  title: string
  state: 'open' | 'closed'
}

export interface GatewayState {
  backends: GatewayBackend[]
  features: GatewayFeature[]
  incidents: GatewayIncident[]
}

export interface GatewayRequest {
  method: string
  /** With the query, as it came. */
  path: string
  /** By lower-case name. */
  headers: Readonly<Record<string, string | string[] | undefined>>
  /** Parsed JSON; undefined when it was none. */
  body: unknown
}

export interface GatewayAnswer {
  status: number
  headers: Record<string, string>
  body: unknown
  /** What it did: for logs and tests. `replayed`: its key was answered before. */
  effect: 'read' | 'changed' | 'same' | 'replayed' | 'refused'
}

/** What is kept of a resource besides its content. */
interface Book {
  changes: number
  /** Highest fencing token by scope. */
  fences: Map<string, number>
  /** The answer to each idempotency key that took effect, oldest first. */
  answers: Map<string, { body: string; answer: GatewayAnswer }>
}

/** A change that was found well formed, not yet made. */
interface Change {
  /** Its resource, in the path's words. */
  resource: string
  /** Whether it makes a difference. */
  differs: boolean
  make(): void
  show(): unknown
}

const LARGEST_KEYS = 1000
const WHOLE_TOKEN = /^[1-9]\d{0,15}$/

const weightsBody = z.strictObject({ weights: z.record(z.string(), z.number().int().min(0).max(256)) })
const limitsBody = z.strictObject({
  limits: z
    .array(
      z
        .strictObject({
          route: z.string().startsWith('/').max(200).optional(),
          caller: z.string().min(1).max(200).optional(),
          requestsPerSecond: z.number().positive().nullable(),
        })
        .refine(({ route, caller }) => route === undefined || caller === undefined, {
          error: 'a limit is of a route or of a caller, not of both',
        }),
    )
    .min(1)
    .max(100),
})
const featureBody = z.strictObject({ value: z.union([z.string(), z.number(), z.boolean()]) })
const incidentBody = z.strictObject({ title: z.string().min(1).max(200), state: z.enum(['open', 'closed']) })

class Refusal extends Error {
  readonly status: number
  readonly code: string
  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

export interface GatewayApi {
  /** Of this start; another start may have forgotten what was set. */
  readonly instance: string
  handle(request: GatewayRequest): GatewayAnswer
}

/**
 * The contract over a state that it changes in place.
 *
 * @param options.token what callers must bring as a bearer token; null asks for none.
 */
export function createGatewayApi(state: GatewayState, options: { token: string | null }): GatewayApi {
  const instance = randomBytes(4).toString('hex')
  const books = new Map<string, Book>()

  function bookOf(resource: string): Book {
    const book = books.get(resource) ?? { changes: 0, fences: new Map(), answers: new Map() }
    books.set(resource, book)
    return book
  }
  const versionOf = (resource: string): string => `${instance}.${bookOf(resource).changes}`

  function showBackend(backend: GatewayBackend) {
    const { name, limits } = backend
    const servers = backend.servers.map((server) => ({
      name: server.name,
      weight: server.weight,
      up: server.up,
      requestsTotal: server.requestsTotal,
    }))
    return { name, instance, version: versionOf(`backends/${name}`), limits, servers }
  }
  function showFeature(feature: GatewayFeature) {
    return { ...feature, instance, version: versionOf(`features/${feature.name}`) }
  }
  function showIncident(incident: GatewayIncident) {
    return { ...incident, instance, version: versionOf(`incidents/${incident.key}`) }
  }

  function read(kind: string, name: string | undefined): unknown {
    switch (kind) {
      case 'backends':
        return name === undefined
          ? { instance, backends: state.backends.map(showBackend) }
          : showBackend(backendOf(state, name))
      case 'features':
        return name === undefined
          ? { instance, features: state.features.map(showFeature) }
          : showFeature(featureOf(state, name))
      case 'incidents': {
        if (name === undefined) return { instance, incidents: state.incidents.map(showIncident) }
        const incident = state.incidents.find(({ key }) => key === name)
        if (incident) return showIncident(incident)
        throw new Refusal(404, 'unknown', `no incident ${name}`)
      }
      default:
        throw new Refusal(404, 'unknown', 'see GET /backends, /features and /incidents')
    }
  }

  function changeOf(kind: string, name: string, field: string | undefined, body: unknown): Change {
    if (kind === 'backends' && field === 'weights')
      return changeWeights(backendOf(state, name), parsed(weightsBody, body).weights, showBackend)
    if (kind === 'backends' && field === 'limits')
      return changeLimits(backendOf(state, name), parsed(limitsBody, body).limits, showBackend)
    if (kind === 'features' && field === undefined)
      return changeFeature(featureOf(state, name), parsed(featureBody, body).value, showFeature)
    if (kind === 'incidents' && field === undefined)
      return changeIncident(state, { key: name, ...parsed(incidentBody, body) }, showIncident)
    throw new Refusal(
      404,
      'unknown',
      'PUT /backends/{b}/weights, /backends/{b}/limits, /features/{f} or /incidents/{key}',
    )
  }

  function change(request: GatewayRequest, [kind, name, field]: [string, string, string | undefined]): GatewayAnswer {
    const text = JSON.stringify(request.body) ?? ''
    const path = [kind, name, field].join('/')
    const wanted = changeOf(kind, name, field, request.body)
    const book = bookOf(wanted.resource)
    const key = header(request, 'idempotency-key')
    const known = key === undefined ? undefined : book.answers.get(`${key} ${path}`)
    if (known) {
      if (known.body === text) return { ...known.answer, effect: 'replayed' }
      throw new Refusal(422, 'key-reused', `the key ${key} came with another body before`)
    }
    assertFence(request, book)
    const match = header(request, 'if-match')
    if (match !== undefined && match !== '*' && match !== `"${versionOf(wanted.resource)}"`)
      throw new Refusal(412, 'changed', `${wanted.resource} is at version ${versionOf(wanted.resource)}, not ${match}`)
    noteFence(request, book)
    if (wanted.differs) {
      wanted.make()
      book.changes += 1
    }
    const answer = answered(wanted.show(), versionOf(wanted.resource), wanted.differs ? 'changed' : 'same')
    if (key !== undefined) {
      book.answers.set(`${key} ${path}`, { body: text, answer })
      if (book.answers.size > LARGEST_KEYS) book.answers.delete([...book.answers.keys()][0] ?? '')
    }
    return answer
  }

  return {
    instance,
    handle(request) {
      try {
        assertToken(request, options.token)
        const [, kind = '', name, field, ...more] = segmentsOf(request.path)
        if (more.length > 0) throw new Refusal(404, 'unknown', 'there is nothing under this path')
        if (request.method === 'GET' && field === undefined) {
          const body = read(kind, name)
          return answered(body, name === undefined ? null : versionOf(`${kind}/${name}`), 'read')
        }
        if (request.method !== 'PUT') throw new Refusal(405, 'bad-request', 'use GET or PUT')
        if (name === undefined) throw new Refusal(405, 'bad-request', 'name what is to be changed')
        return change(request, [kind, name, field])
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        const { status, code, message } = error
        return { status, headers: {}, body: { error: message, code }, effect: 'refused' }
      }
    },
  }
}

function changeWeights(
  backend: GatewayBackend,
  weights: Record<string, number>,
  show: (backend: GatewayBackend) => unknown,
): Change {
  // All names are checked before the first weight changes, so that a request is done whole or not at all.
  const unknown = Object.keys(weights).find((name) => !backend.servers.some((server) => server.name === name))
  if (unknown !== undefined) throw new Refusal(404, 'unknown', `${backend.name} has no server ${unknown}`)
  const changed = backend.servers.filter(({ name, weight }) => (weights[name] ?? weight) !== weight)
  return {
    resource: `backends/${backend.name}`,
    differs: changed.length > 0,
    make() {
      for (const server of changed) server.weight = weights[server.name] ?? server.weight
    },
    show: () => show(backend),
  }
}

function changeLimits(
  backend: GatewayBackend,
  wanted: z.infer<typeof limitsBody>['limits'],
  show: (backend: GatewayBackend) => unknown,
): Change {
  const before = new Map(backend.limits.map((limit) => [limitName(limit), limit]))
  const after = new Map(before)
  for (const { route, caller, requestsPerSecond } of wanted) {
    const of = { ...(route === undefined ? {} : { route }), ...(caller === undefined ? {} : { caller }) }
    if (requestsPerSecond === null) after.delete(limitName(of))
    else after.set(limitName(of), { ...of, requestsPerSecond })
  }
  const differs =
    after.size !== before.size ||
    [...after].some(([name, { requestsPerSecond }]) => before.get(name)?.requestsPerSecond !== requestsPerSecond)
  return {
    resource: `backends/${backend.name}`,
    differs,
    make() {
      backend.limits = [...after.values()]
    },
    show: () => show(backend),
  }
}

function changeFeature(
  feature: GatewayFeature,
  value: FeatureValue,
  show: (feature: GatewayFeature) => unknown,
): Change {
  if (!feature.values.includes(value))
    throw new Refusal(400, 'bad-request', `${feature.name} is one of ${JSON.stringify(feature.values)}`)
  return {
    resource: `features/${feature.name}`,
    differs: feature.value !== value,
    make() {
      feature.value = value
    },
    show: () => show(feature),
  }
}

function changeIncident(
  state: GatewayState,
  wanted: GatewayIncident,
  show: (incident: GatewayIncident) => unknown,
): Change {
  const present = state.incidents.find(({ key }) => key === wanted.key)
  if (!present && wanted.state === 'closed') throw new Refusal(404, 'unknown', `no incident ${wanted.key} to close`)
  return {
    resource: `incidents/${wanted.key}`,
    differs: present?.state !== wanted.state || present.title !== wanted.title,
    make() {
      if (present) Object.assign(present, wanted)
      else state.incidents.push(wanted)
    },
    show: () => show(present ?? wanted),
  }
}

function backendOf(state: GatewayState, name: string): GatewayBackend {
  const backend = state.backends.find((each) => each.name === name)
  if (!backend) throw new Refusal(404, 'unknown', `no backend ${name}`)
  return backend
}

function featureOf(state: GatewayState, name: string): GatewayFeature {
  const feature = state.features.find((each) => each.name === name)
  if (!feature) throw new Refusal(404, 'unknown', `no feature ${name}`)
  return feature
}

function limitName({ route, caller }: Pick<GatewayLimit, 'route' | 'caller'>): string {
  if (route !== undefined) return `route:${route}`
  return caller === undefined ? 'all' : `caller:${caller}`
}

/** Tokens of another scope count for themselves: each scope is one counter of the caller. */
function assertFence(request: GatewayRequest, book: Book): void {
  const token = fenceOf(request)
  if (!token) return
  const highest = book.fences.get(token.scope) ?? 0
  if (token.number <= highest)
    throw new Refusal(409, 'stale-fence', `token ${token.number} is not above ${highest}, which came before`)
}

function noteFence(request: GatewayRequest, book: Book): void {
  const token = fenceOf(request)
  if (token) book.fences.set(token.scope, token.number)
}

function fenceOf(request: GatewayRequest): { scope: string; number: number } | null {
  const text = header(request, 'fencing-token')
  if (text === undefined) return null
  if (!WHOLE_TOKEN.test(text))
    throw new Refusal(400, 'bad-request', `Fencing-Token: ${text} is no whole number above 0`)
  return { scope: header(request, 'fencing-scope') ?? '', number: Number(text) }
}

function assertToken(request: GatewayRequest, token: string | null): void {
  if (token === null) return
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  if (timingSafeEqual(digest(header(request, 'authorization') ?? ''), digest(`Bearer ${token}`))) return
  throw new Refusal(401, 'unauthorised', 'bring the token as "Authorization: Bearer <token>"')
}

function header(request: GatewayRequest, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}

function segmentsOf(path: string): string[] {
  try {
    return new URL(path, 'http://gateway').pathname.split('/').map(decodeURIComponent)
  } catch {
    throw new Refusal(400, 'bad-request', 'the path cannot be read')
  }
}

function parsed<Body>(schema: z.ZodType<Body>, body: unknown): Body {
  const result = schema.safeParse(body)
  if (result.success) return result.data
  throw new Refusal(400, 'bad-request', z.prettifyError(result.error))
}

function answered(body: unknown, version: string | null, effect: GatewayAnswer['effect']): GatewayAnswer {
  // A copy: an answer that is kept for its key must not change with the state.
  return { status: 200, headers: version === null ? {} : { etag: `"${version}"` }, body: structuredClone(body), effect }
}
