/** Lists objects of a Kubernetes API server page by page. Reads only. */
import * as z from 'zod'
import { DataError } from '../../data-error.ts'
import { requestJson, type HttpAddress, type Product } from '../http/request-json.ts'

export const kubernetes: Product = {
  name: 'a Kubernetes API server',
  example: 'https://kubernetes.example.com:6443',
  said(body) {
    const found = failure.safeParse(body)
    return found.success ? found.data.message : null
  },
}

const failure = z.object({ kind: z.literal('Status'), message: z.string() })

const pageSize = 500
const maximumObjects = 100_000
/** A server may give fewer than a page has; one that gives none again and again would never end. */
const maximumPages = 1_000

/** Where each kind of object is listed. */
export const paths = {
  pods: { group: 'api/v1', namespaced: true },
  services: { group: 'api/v1', namespaced: true },
  nodes: { group: 'api/v1', namespaced: false },
  deployments: { group: 'apis/apps/v1', namespaced: true },
} as const
export type ObjectKind = keyof typeof paths

export interface ObjectList<T> {
  kind: ObjectKind
  /** Of all namespaces when null. */
  namespace: string | null
  item: z.ZodType<T>
  signal?: AbortSignal
}

export function listPath({ kind, namespace }: Pick<ObjectList<unknown>, 'kind' | 'namespace'>): string {
  const { group } = paths[kind]
  return namespace === null ? `${group}/${kind}` : `${group}/namespaces/${encodeURIComponent(namespace)}/${kind}`
}

/**
 * All of them, as they were at one time: the server's own `continue` holds the pages together.
 *
 * @throws DataError `source-unreachable`, `source-refused`, `query-too-large`
 */
export async function listObjects<T>(address: HttpAddress, list: ObjectList<T>): Promise<T[]> {
  const schema = z.object({
    kind: z.string().endsWith('List'),
    metadata: z.object({ continue: z.string().optional() }),
    // A server writes null for none.
    items: z.array(list.item).nullable(),
  })
  const found: T[] = []
  const { signal } = list
  let next = ''
  for (let page = 0; page < maximumPages; page += 1) {
    const query = new URLSearchParams({ limit: String(pageSize), ...(next === '' ? {} : { continue: next }) })
    const { items, metadata } = await requestJson(address, kubernetes, {
      path: listPath(list),
      query,
      schema,
      ...(signal ? { signal } : {}),
    })
    for (const item of items ?? []) found.push(item)
    if (found.length > maximumObjects)
      throw new DataError('query-too-large', `There are more than ${maximumObjects} ${list.kind}.`, {
        fix: 'Name a namespace in the table\'s "from".',
      })
    next = metadata.continue ?? ''
    if (next === '') return found
  }
  throw new DataError('source-refused', `The list of ${list.kind} does not end.`, { fix: 'Check what answers there.' })
}
