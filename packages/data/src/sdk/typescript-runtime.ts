/** What every TypeScript SDK begins with, whatever the model: the client and its types. Plain JavaScript with declarations: it runs as it is. */

export const typescriptTypes = `/** Tenon's data services, typed. Each domain is a module of its own beside this one: import what you use. */

/** \`-90s\`, \`-15m\`, \`-2h\`, \`-1d\`: so long ago. */
export type Ago = \`-\${number}\${'s' | 'm' | 'h' | 'd'}\`
/** A numeric time is in unix milliseconds, a text in ISO 8601. */
export type Time = Date | number | 'now' | Ago | \`\${number}-\${number}-\${string}\`
/** \`30s\`, \`5m\`, \`1h\`, or seconds. */
export type Duration = number | \`\${number}\${'s' | 'm' | 'h' | 'd'}\`

export interface Ask<Dimensions, By extends string = string> {
  /** A value of a dimension, or several of which any. */
  where?: { readonly [Name in keyof Dimensions]?: Dimensions[Name] | readonly Dimensions[Name][] }
  /** A series for each combination of these dimensions' values. */
  groupBy?: readonly By[]
  /** An hour ago without it. */
  from?: Time
  /** Now without it. */
  to?: Time
  /** Between points; chosen to suit the time asked for without it. */
  step?: Duration
  /** Nothing after it is read. */
  asOf?: Time
  signal?: AbortSignal
}

export interface Quality {
  /** Share of expected points that were there, 0..1. */
  completeness: number
  /** Age of the newest point, in seconds; null when there is none. */
  freshnessSeconds: number | null
  resolutionSeconds?: number
  notes: string[]
}

export interface Series<By extends string = string> {
  dimensions: Record<By, string>
  /** \`[unix milliseconds, value]\`; null is a gap. */
  points: [time: number, value: number | null][]
  quality: Quality
}

export interface Answer<Unit extends string = string, By extends string = string> {
  measure: string
  unit: Unit
  /** Exactly one without groupBy. */
  series: Series<By>[]
  quality: Quality
  /** What was asked of the source, to be looked at or asked again. */
  query: { source: string; expression: string; from: string; to: string; stepSeconds: number }
}

/** Asks one measure. No data is no zero: look at \`quality\`, and at points that are null. */
export type Measure<Unit extends string, Dimensions> = <By extends keyof Dimensions & string = never>(
  ask?: Ask<Dimensions, By>,
) => Promise<Answer<Unit, By>>

export interface Entity {
  id: string
  kind: string
  title?: string
  owner?: string
  tier?: number
  attributes: Record<string, string>
}

export interface Relations {
  root: string
  entities: Entity[]
  links: { from: string; to: string; kind: string; by?: string; hops: number }[]
}

export interface Tenon {
  /** Any measure by its reference, without types of its own: \`payment.success-rate\`. */
  query<By extends string = never>(measure: string, ask?: Ask<Record<string, string>, By>): Promise<Answer<string, By>>
  /** All that match, page by page. */
  entities(ask?: {
    kind?: string
    id?: string
    where?: Record<string, string>
    signal?: AbortSignal
  }): Promise<Entity[]>
  /** \`upstream\` is what it depends on, \`downstream\` what depends on it. */
  relations(
    entity: string,
    ask?: { direction?: 'upstream' | 'downstream' | 'both'; depth?: number; signal?: AbortSignal },
  ): Promise<Relations>
}

/** What the server refused, or that it could not be reached (status 0). */
export declare class TenonError extends Error {
  readonly status: number
  readonly code: string
  /** What to do about it. */
  readonly fix: string
}

/** @param options.url where Tenon is, e.g. \`http://127.0.0.1:3000\`; \`options.token\` an API token of it. */
export declare function connect(options: { url: string; token: string; fetch?: typeof fetch }): Tenon

/** The newest point that is there; null when none is. */
export declare function latest(series: Series | undefined): number | null
`

export const typescriptCode = `export class TenonError extends Error {
  constructor(status, { code, message, fix }, cause) {
    super(message, { cause })
    this.name = 'TenonError'
    this.status = status
    this.code = code
    this.fix = fix
  }
}

export function connect({ url, token, fetch: send = globalThis.fetch }) {
  const base = url.replace(/\\/+$/, '')

  async function call(path, body, signal) {
    let response
    let text
    try {
      response = await send(base + path, {
        method: 'POST',
        headers: { authorization: 'Bearer ' + token, 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify(body),
        signal: signal ?? null,
      })
      text = await response.text()
    } catch (cause) {
      if (signal?.aborted) throw cause
      const problem = { code: 'unreachable', message: base + ' does not answer.', fix: 'Check the address.' }
      throw new TenonError(0, problem, cause)
    }
    let answer
    try {
      answer = JSON.parse(text)
    } catch {
      answer = null
    }
    if (response.ok && answer !== null) return answer
    throw new TenonError(response.status, {
      code: answer?.code ?? 'no-answer',
      message: answer?.detail ?? 'The answer is none of Tenon (status ' + response.status + ').',
      fix: answer?.fix ?? 'Check the address.',
    })
  }

  return {
    query(measure, { signal, ...ask } = {}) {
      return call('/api/v1/data/query', { measure, ...ask }, signal)
    },
    async entities({ signal, ...ask } = {}) {
      const all = []
      for (let cursor; ; ) {
        const { items, next } = await call('/api/v1/data/entities', { ...ask, limit: 200, cursor }, signal)
        all.push(...items)
        if (next === null) return all
        cursor = next
      }
    },
    relations(entity, { signal, ...ask } = {}) {
      return call('/api/v1/data/relations', { entity, ...ask }, signal)
    },
  }
}

export function latest(series) {
  const newest = series?.points.findLast(([, value]) => value !== null)
  return newest ? newest[1] : null
}

/** For the modules of domains: methods of several tables as one object; of two of one name the first stays. */
export function measuresAt(tenon, heads) {
  const found = Object.create(null)
  for (const [head, names] of heads) {
    for (const [name, id] of Object.entries(names)) found[name] ??= (ask) => tenon.query(head + '.' + id, ask)
  }
  return found
}
`

export const typescriptPackage = `${JSON.stringify(
  { name: 'tenon-data', private: true, type: 'module', exports: { '.': './index.js', './*': './*' } },
  null,
  2,
)}
`
