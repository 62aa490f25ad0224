/**
 * Objects of a Kubernetes cluster as rows: a gauge counts them or joins their numbers, as they are now. A table's `from` is `pods`,
 * `deployments`, `services` or `nodes`, of all namespaces or as `namespaces/shop/pods` of one.
 */
import * as z from 'zod'
import type { SeriesAnswer, SeriesAsk, SharedFetch, SourceKind } from '../source.ts'
import { requestJson, requestUrl, type HttpAddress } from '../http/request-json.ts'
import { testConnection, testSeconds } from '../http/test-connection.ts'
import { badMeasure, fieldMeasure } from '../rows/field-measure.ts'
import { seriesOfSnapshot } from '../rows/series-of-snapshot.ts'
import { kubernetes, listPath, paths, type ObjectKind } from './list-objects.ts'
import { readObjects, type ClusterObject } from './read-cluster.ts'
import { numbersOf, rowOf } from './object-rows.ts'

export const kubernetesKind: SourceKind = {
  kind: 'kubernetes',
  title: 'Kubernetes',
  open(address, { fetch }) {
    return {
      series: (ask) => readSeries(ask, { address, fetch }),
      test: () => testConnection(() => look(address)),
      close: () => Promise.resolve(),
    }
  },
}

async function readSeries(
  ask: SeriesAsk,
  { address, fetch }: { address: HttpAddress; fetch: SharedFetch },
): Promise<SeriesAnswer> {
  const list = listOf(ask)
  checkNumbers(ask, list.kind)
  const path = listPath(list)
  const answer = await seriesOfSnapshot(ask, {
    name: 'Kubernetes',
    async read(now) {
      const { objects, at } = await fetch(
        { key: path, until: now, cost: (found: Read) => ({ points: found.objects.length, series: 1 }) },
        async (signal): Promise<Read> => ({
          objects: await readObjects(address, { ...list, signal }),
          at: Date.now(),
        }),
      )
      return { rows: objects.map(rowOf), at }
    },
  })
  return { ...answer, expression: `GET ${requestUrl(address, kubernetes, { path }).href}` }
}

interface Read {
  objects: ClusterObject[]
  at: number
}

const fromPattern = /^(?:namespaces\/(?<namespace>[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)\/)?(?<kind>[a-z]+)$/

function listOf({ table, measure }: SeriesAsk): { kind: ObjectKind; namespace: string | null } {
  const { kind, namespace } = fromPattern.exec(table.from ?? '')?.groups ?? {}
  const known = Object.keys(paths).find((one): one is ObjectKind => one === kind)
  const fix = `Write one of ${Object.keys(paths).join(', ')}, or namespaces/<name>/pods.`
  if (!known) throw badMeasure(measure, `the table's "from" names no objects that are read`, fix)
  if (namespace !== undefined && !paths[known].namespaced)
    throw badMeasure(measure, `${known} are in no namespace`, fix)
  return { kind: known, namespace: namespace ?? null }
}

function checkNumbers({ measure }: SeriesAsk, kind: ObjectKind): void {
  const parts = fieldMeasure(measure)
  const fields = parts.kind === 'ratio' ? [parts.of.field, parts.per.field] : [parts.select.field]
  const known = numbersOf[kind]
  const bad = fields.find((field) => field !== null && !known.includes(field))
  if (bad === undefined || bad === null) return
  const fix = `Count them with *${known.length === 0 ? '' : `, or use ${known.join(', ')}`}.`
  throw badMeasure(measure, `${kind} have no number "${bad}"`, fix)
}

const version = z.object({ gitVersion: z.string() })

/** Anybody may ask for the version; whether objects may be listed shows only by listing one. */
async function look(address: HttpAddress): Promise<string> {
  const limits = { seconds: testSeconds }
  const { gitVersion } = await requestJson(address, kubernetes, { path: 'version', schema: version, ...limits })
  const query = new URLSearchParams({ limit: '1' })
  const list = z.object({ kind: z.string().endsWith('List') })
  for (const kind of ['pods', 'deployments', 'services', 'nodes'] as const)
    await requestJson(address, kubernetes, {
      path: listPath({ kind, namespace: null }),
      query,
      schema: list,
      ...limits,
    })
  return `It answers: Kubernetes ${gitVersion}; pods, deployments, services and nodes may be listed.`
}
