/** A Backstage catalogue, by its API: components, systems, resources and APIs, who owns them, and what depends on what. */
import * as z from 'zod'
import { requestJson, type HttpAddress, type Product } from '../sources/http/request-json.ts'
import { testConnection, testSeconds } from '../sources/http/test-connection.ts'
import type { SourceTest } from '../sources/source.ts'
import type { Link, NamedThing, ThingsReader } from './readers.ts'

const list = z.array(z.string()).default([])
const catalogueEntity = z.object({
  kind: z.string(),
  metadata: z.object({
    name: z.string().max(200),
    namespace: z.string().default('default'),
    title: z.string().optional(),
    description: z.string().optional(),
  }),
  spec: z
    .object({
      type: z.string().optional(),
      owner: z.string().optional(),
      lifecycle: z.string().optional(),
      system: z.string().optional(),
      domain: z.string().optional(),
      dependsOn: list,
      consumesApis: list,
      providesApis: list,
    })
    .default({ dependsOn: [], consumesApis: [], providesApis: [] }),
})
type CatalogueEntity = z.infer<typeof catalogueEntity>

const product: Product = {
  name: 'a Backstage catalogue',
  example: 'http://backstage:7007',
  said: (body) => z.object({ error: z.object({ message: z.string() }) }).safeParse(body).data?.error.message ?? null,
}
const page = z.object({
  items: z.array(z.unknown()),
  pageInfo: z.object({ nextCursor: z.string().optional() }).default({}),
})
const pageEntities = 500
const mostPages = 200

/** Reads `/api/catalog/entities/by-query` page by page. */
export function backstageReader({ address, source }: { address: HttpAddress; source: string }): ThingsReader {
  return {
    shape: 'things',
    source,
    async things() {
      const entities: unknown[] = []
      let cursor: string | undefined
      for (let count = 0; count < mostPages; count++) {
        const query = new URLSearchParams(cursor === undefined ? { limit: String(pageEntities) } : { cursor })
        const { items, pageInfo } = await requestJson(address, product, {
          path: 'api/catalog/entities/by-query',
          query,
          schema: page,
        })
        entities.push(...items)
        cursor = pageInfo.nextCursor
        if (cursor === undefined) return { ...thingsOfCatalogue(entities), whole: true }
      }
      return { ...thingsOfCatalogue(entities), whole: false }
    },
  }
}

/** Whether it answers and lets itself be read, for the button in the settings. */
export const testBackstage = (address: HttpAddress): Promise<SourceTest> =>
  testConnection(async () => {
    const query = new URLSearchParams({ limit: '1' })
    const { totalItems } = await requestJson(address, product, {
      path: 'api/catalog/entities/by-query',
      query,
      schema: page.extend({ totalItems: z.number().optional() }),
      seconds: testSeconds,
    })
    return `a Backstage catalogue${totalItems === undefined ? '' : ` of ${totalItems.toLocaleString('en')} entities`}`
  })

/** Kinds that mean something that can fail; groups, users and locations are read for owners only. */
function kindOf({ kind, spec }: CatalogueEntity): string | null {
  switch (kind.toLowerCase()) {
    case 'component':
      return spec.type === 'website' || spec.type === 'service' || spec.type === undefined ? 'service' : spec.type
    case 'system':
    case 'domain':
      return 'system'
    case 'resource':
      return spec.type ?? 'resource'
    case 'api':
      return 'api'
    default:
      return null
  }
}

export function thingsOfCatalogue(raw: readonly unknown[]): { things: NamedThing[]; links: Link[]; notes: string[] } {
  const parsed = raw.map((one) => catalogueEntity.safeParse(one))
  const entities = parsed.flatMap(({ data }) => (data ? [data] : []))
  const unread = parsed.length - entities.length
  const known = new Map<string, { kind: string; name: string }>()
  const things: NamedThing[] = []
  for (const entity of entities) {
    const kind = kindOf(entity)
    if (kind === null) continue
    const { name, namespace, title } = entity.metadata
    const { owner, lifecycle, system } = entity.spec
    known.set(refOf(entity.kind, namespace, name), { kind, name })
    things.push({
      kind,
      name,
      attributes: { ...(lifecycle ? { lifecycle } : {}), ...(system ? { system: nameOf(system) } : {}) },
      ...(title === undefined ? {} : { title }),
      ...(owner === undefined ? {} : { owner: nameOf(owner) }),
    })
  }
  const links: Link[] = []
  const providers = new Map(
    entities.flatMap((entity) =>
      entity.spec.providesApis.map(
        (api) =>
          [resolve(api, 'api', entity), refOf(entity.kind, entity.metadata.namespace, entity.metadata.name)] as const,
      ),
    ),
  )
  for (const entity of entities) {
    const from = known.get(refOf(entity.kind, entity.metadata.namespace, entity.metadata.name))
    if (!from) continue
    const add = (ref: string | undefined, defaultKind: string, { kind, by }: Pick<Link, 'kind' | 'by'>): void => {
      const to = ref === undefined ? undefined : known.get(resolve(ref, defaultKind, entity))
      if (to)
        links.push({
          from,
          to,
          kind: to.kind === 'database' && kind === 'calls' ? 'stores-in' : kind,
          by: `catalogue ${by}`,
        })
    }
    for (const ref of entity.spec.dependsOn) add(ref, 'component', { kind: 'calls', by: 'dependsOn' })
    for (const ref of entity.spec.consumesApis) {
      // Who calls an API calls the one that provides it.
      const provider = providers.get(resolve(ref, 'api', entity))
      const to = provider === undefined ? undefined : known.get(provider)
      if (to) links.push({ from, to, kind: 'calls', by: 'catalogue consumesApis' })
    }
    for (const ref of entity.spec.providesApis) {
      const api = known.get(resolve(ref, 'api', entity))
      if (api) links.push({ from: api, to: from, kind: 'part-of', by: 'catalogue providesApis' })
    }
    add(entity.spec.system, 'system', { kind: 'part-of', by: 'system' })
    add(entity.spec.domain, 'domain', { kind: 'part-of', by: 'domain' })
  }
  const notes = unread > 0 ? [`${unread} entries of the catalogue could not be read and were left out.`] : []
  return { things, links, notes }
}

const refOf = (kind: string, namespace: string, name: string) => `${kind}:${namespace}/${name}`.toLowerCase()

/** `[kind:][namespace/]name`, as the catalogue writes references. */
function resolve(ref: string, defaultKind: string, { metadata }: CatalogueEntity): string {
  const {
    kind = defaultKind,
    namespace = metadata.namespace,
    name = ref,
  } = /^(?:(?<kind>[^:/]+):)?(?:(?<namespace>[^:/]+)\/)?(?<name>[^:/]+)$/.exec(ref)?.groups ?? {}
  return refOf(kind, namespace, name)
}

/** `group:default/payments` is the team `payments`. */
const nameOf = (ref: string) => ref.split(/[:/]/).at(-1) ?? ref
