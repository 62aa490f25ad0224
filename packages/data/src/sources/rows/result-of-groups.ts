/** What an ad-hoc aggregation answers, from its groups: those that hold, in order, as many as are wanted. */
import type { ComputeAsk, ComputeResult } from '../../compute/ask.ts'
import { columnsOf } from '../../compute/column-names.ts'
import type { RowsAsk } from '../../compute/rows-ask.ts'
import { wantedGroups } from '../../compute/wanted-groups.ts'
import { DataError } from '../../data-error.ts'

export interface ComputedGroup {
  /** When its step begins, unix ms. */
  begin: number
  texts: string[]
  /** Of the aggregates, in their order. */
  values: (number | null)[]
}

export const mostGroups = 10_000

export function resultOfGroups(
  given: RowsAsk,
  groups: readonly ComputedGroup[],
  told: { notes: Iterable<string>; bytes: number; query: string; began: number },
): ComputeResult {
  const { ask, names } = given
  const found = ordered(
    groups.filter((group) => holds(group, given)),
    given,
  )
  const most = wantedGroups(ask)
  const rows = found.slice(0, most)
  const isCut = found.length > most
  const tookSeconds = Math.round(performance.now() - told.began) / 1000
  return {
    columns: columnsOf(names),
    rows: rows.map(({ begin, texts, values }) => [...(names.step === null ? [] : [begin]), ...texts, ...values]),
    notes: [...told.notes, ...(isCut ? [`${most} of ${found.length} groups are shown.`] : [])],
    bounds: {
      rows: { limit: most, used: rows.length },
      bytes: { limit: ask.limits.bytes, used: told.bytes },
      seconds: { limit: ask.limits.seconds, used: tookSeconds },
      isCut,
    },
    read: null,
    query: told.query,
    tookSeconds,
  }
}

export const tooManyGroups = (): DataError =>
  new DataError('query-too-large', `The answer has more than ${mostGroups} groups.`, {
    fix: 'Group by less, or filter.',
  })

/** Ends the work by the ask's limit. @throws DataError `query-too-large` then; the signal's reason when aborted */
export async function withinSeconds<T>(
  seconds: number,
  signal: AbortSignal | null,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = AbortSignal.timeout(seconds * 1000)
  try {
    return await work(signal === null ? limit : AbortSignal.any([limit, signal]))
  } catch (error) {
    signal?.throwIfAborted()
    if (!limit.aborted) throw error
    throw new DataError('query-too-large', `There was no answer within ${seconds} s.`, {
      fix: 'Ask for less time, or allow more seconds.',
    })
  }
}

const compare: Record<ComputeAsk['having'][number]['op'], (a: number, b: number) => boolean> = {
  '=': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
}

function holds({ values }: ComputedGroup, { ask, names }: RowsAsk): boolean {
  return ask.having.every(({ column, op, value }) => {
    const found = values[names.aggregates.indexOf(column)] ?? null
    return found !== null && compare[op](found, value)
  })
}

/** Without a value comes last in either order. */
function ordered(groups: ComputedGroup[], { ask, names }: RowsAsk): ComputedGroup[] {
  const byName = (a: ComputedGroup, b: ComputedGroup): number =>
    a.begin - b.begin || (JSON.stringify(a.texts) < JSON.stringify(b.texts) ? -1 : 1)
  const { top } = ask
  if (!top) return groups.sort(byName)
  const sign = top.order === 'most' ? -1 : 1
  const at = names.aggregates.indexOf(top.by)
  return groups.sort((a, b) => {
    const [one, other] = [a.values[at] ?? null, b.values[at] ?? null]
    if (one === null || other === null) return one === other ? byName(a, b) : one === null ? 1 : -1
    return sign * (one - other) || byName(a, b)
  })
}
