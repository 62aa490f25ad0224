/** Dynamic compute over documents: the cluster aggregates, and only its groups come back. */
import * as z from 'zod'
import type { ComputeAggregate, ComputeFilter, ComputeResult } from '../../compute/ask.ts'
import type { RowsAsk } from '../../compute/rows-ask.ts'
import { DataError } from '../../data-error.ts'
import { maximumPoints } from '../../query/query-plan.ts'
import type { HttpAddress, Product } from '../http/request-json.ts'
import { mostGroups, resultOfGroups, withinSeconds } from '../rows/result-of-groups.ts'
import { bucketKey, numberOrNull, pageSize, readPages, type PageKey } from './read-pages.ts'

type Json = Record<string, unknown>

/**
 * @param means.path of the search
 * @throws DataError `bad-query`, `query-too-large`, `source-unreachable`, `source-refused`; the signal's reason when aborted
 */
export async function computeDocuments(
  given: RowsAsk,
  {
    address,
    product,
    path,
    signal,
  }: { address: HttpAddress; product: Product; path: string; signal: AbortSignal | null },
): Promise<ComputeResult> {
  const began = performance.now()
  const { ask, names } = given
  const { seconds } = ask.limits
  const page = searchOf(given)
  const { buckets, incomplete } = await withinSeconds(seconds, signal, (stop) =>
    readPages(address, product, { path, page, bucket, signal: stop, seconds, most: mostGroups }),
  )
  const groups = buckets.map((found) => ({
    begin: Number(found.key.t),
    texts: names.groups.map((_, index) => String(found.key[`g${index}`] ?? '')),
    values: ask.aggregates.map((one, index) => valueOf(one, found, `a${index}`)),
  }))
  const estimated = ask.aggregates.some(({ fn }) => fn === 'quantile' || fn === 'distinct')
  const notes = [
    ...(incomplete === null ? [] : [incomplete]),
    ...(estimated ? ['Quantiles and numbers of different values are estimated by the cluster.'] : []),
  ]
  return resultOfGroups(given, groups, { notes, bytes: 0, query: JSON.stringify(page(null)), began })
}

function searchOf({ ask, range, names, entities }: RowsAsk): (after: PageKey | null) => Json {
  if (ask.parse !== undefined) throw bad('Documents have fields already.', 'Leave "parse" out.')
  if (ask.time === null) throw bad('A range needs the time of the documents.', 'Name the field with "time".')
  const time = fieldName(ask.time ?? '@timestamp')
  const length = ask.stepSeconds === undefined ? range.to - range.from : ask.stepSeconds * 1000
  if ((range.to - range.from) / length > maximumPoints)
    throw new DataError('query-too-large', `The ask has more than ${maximumPoints} steps.`, {
      fix: 'Use a longer step.',
    })
  const filter = [
    { range: { [time]: { gte: range.from, lt: range.to, format: 'epoch_millis' } } },
    ...(entities ? [{ terms: { [fieldName(entities.field)]: entities.values } }] : []),
    ...ask.where.map(filterOf),
  ]
  const sources = [
    ...names.groups.map((name, index) => ({
      [`g${index}`]: { terms: { field: fieldName(name), missing_bucket: true } },
    })),
    // Steps begin with the range; without steps the whole range is one.
    { t: { date_histogram: { field: time, fixed_interval: `${length}ms`, offset: `+${range.from % length}ms` } } },
  ]
  const aggs = Object.fromEntries(
    ask.aggregates.flatMap((one, index): [string, Json][] => {
      const made = aggregationOf(one)
      return made === null ? [] : [[`a${index}`, made]]
    }),
  )
  return (after) => ({
    size: 0,
    track_total_hits: false,
    timeout: `${ask.limits.seconds}s`,
    query: { bool: { filter } },
    aggs: { windows: { composite: { size: pageSize, sources, ...(after === null ? {} : { after }) }, aggs } },
  })
}

/** Null for the number of documents, which every bucket has. */
function aggregationOf({ fn, field: name, quantile = 0 }: ComputeAggregate): Json | null {
  if (name === undefined) return null
  const field = fieldName(name)
  switch (fn) {
    case 'count':
      return { value_count: { field } }
    case 'distinct':
      return { cardinality: { field } }
    case 'quantile':
      return { percentiles: { field, percents: [quantile * 100], keyed: false } }
    case 'sum':
    case 'avg':
    case 'min':
    case 'max':
      // Together with how many there are: a sum of none is nothing, not 0.
      return { stats: { field } }
  }
}

const aggregation = z.union([
  z.object({ values: z.array(z.object({ value: numberOrNull })).min(1) }),
  z.object({ count: z.number(), sum: numberOrNull, avg: numberOrNull, min: numberOrNull, max: numberOrNull }),
  z.object({ value: numberOrNull }),
])
const bucket = z.looseObject({ key: bucketKey, doc_count: z.number() })

function valueOf({ fn, field }: ComputeAggregate, found: z.infer<typeof bucket>, name: string): number | null {
  if (field === undefined) return found.doc_count
  const read = aggregation.safeParse(found[name]).data
  if (!read) return null
  if ('values' in read) return read.values[0]?.value ?? null
  if ('value' in read) return read.value
  return read.count > 0 && (fn === 'sum' || fn === 'avg' || fn === 'min' || fn === 'max') ? read[fn] : null
}

function filterOf({ field: name, op, value }: ComputeFilter): Json {
  const field = fieldName(name)
  const values = Array.isArray(value) ? value : value === undefined ? [] : [value]
  switch (op) {
    case '=':
    case 'in':
      return { terms: { [field]: values } }
    case '!=':
    case 'not-in':
      return { bool: { must_not: [{ terms: { [field]: values } }] } }
    case '<':
      return { range: { [field]: { lt: values[0] } } }
    case '<=':
      return { range: { [field]: { lte: values[0] } } }
    case '>':
      return { range: { [field]: { gt: values[0] } } }
    case '>=':
      return { range: { [field]: { gte: values[0] } } }
    case 'exists':
      return { exists: { field } }
    case 'contains':
      return { wildcard: { [field]: { value: `*${String(values[0]).replace(/[\\*?]/g, String.raw`\$&`)}*` } } }
    case 'matches':
      throw bad(
        `"${name}" cannot be matched by a pattern: an index has its own language for them.`,
        'Use contains, or in.',
      )
  }
}

function fieldName(name: string): string {
  if (/^[A-Za-z_@][A-Za-z0-9_.@-]*$/.test(name)) return name
  throw bad(`"${name}" is no field of an index.`, 'Name a field with dots: http.response.status_code.')
}

const bad = (message: string, fix: string): DataError => new DataError('bad-query', message, { fix })
