/** Dynamic compute over Loki's lines: Loki aggregates, one LogQL expression an aggregate, and only its groups come back. */
import type { ComputeAggregate, ComputeAsk, ComputeResult } from '../../compute/ask.ts'
import type { AskRange, RowsAsk } from '../../compute/rows-ask.ts'
import { DataError } from '../../data-error.ts'
import { maximumPoints } from '../../query-plan.ts'
import type { HttpAddress } from '../http/request-json.ts'
import { chosenLines, labelOf } from './chosen-lines.ts'
import { durationText, queryRange, shiftOf, type RangeAnswer } from './loki-api.ts'

/** Windows of the same length, and when the first and the last of them end, unix ms. */
interface Windows {
  first: number
  last: number
  length: number
}

interface Group {
  /** When its window begins. */
  begin: number
  texts: string[]
  values: (number | null)[]
}

const mostGroups = 10_000

/** @throws DataError `bad-query`, `query-too-large`, `source-unreachable`, `source-refused`; the signal's reason when aborted */
export async function computeLines(
  address: HttpAddress,
  given: RowsAsk,
  signal: AbortSignal | null,
): Promise<ComputeResult> {
  const began = performance.now()
  const { ask, names } = given
  const { seconds } = ask.limits
  const lines = chosenLines(given)
  const windows = windowsOf(given.range, ask.stepSeconds)
  const limit = AbortSignal.timeout(seconds * 1000)
  const groups = new Map<string, Group>()
  const expressions: string[] = []
  let bytes = 0
  const notes = new Set<string>()

  // Which groups there are the lines themselves tell; of some an aggregate has no value.
  const wanted: (ComputeAggregate | null)[] = [null, ...ask.aggregates]
  for (const [index, one] of wanted.entries()) {
    const expression = expressionOf(one, lines, names.groups)
    expressions.push(expression('[...]'))
    for (const part of windows) {
      const answer = await ended(askWindows(address, part, { expression, signal: bothOf(limit, signal), seconds }), {
        limit,
        signal,
        seconds,
      })
      bytes += answer.bytes
      if (answer.incomplete !== null) notes.add(answer.incomplete)
      for (const { metric, samples } of answer.series) {
        const texts = names.groups.map((name) => (Object.hasOwn(metric, name) ? metric[name]! : ''))
        for (const [end, value] of samples) {
          const key = JSON.stringify([end, texts])
          if (index === 0) groups.set(key, { begin: end - part.length, texts, values: ask.aggregates.map(valueOfNone) })
          else groups.get(key)?.values.splice(index - 1, 1, value)
        }
      }
      if (groups.size > mostGroups) throw tooMany(`The answer has more than ${mostGroups} groups.`, 'Group by less.')
    }
  }
  const found = ordered(
    [...groups.values()].filter((group) => holds(group, given)),
    given,
  )
  const most = Math.min(ask.limits.rows, ask.top?.count ?? ask.limits.rows)
  const rows = found.slice(0, most)
  if (found.length > most) notes.add(`${most} of ${found.length} groups are shown.`)
  const tookSeconds = Math.round(performance.now() - began) / 1000
  return {
    columns: [
      ...(names.step === null ? [] : [{ name: names.step, type: 'time' as const }]),
      ...names.groups.map((name) => ({ name, type: 'text' as const })),
      ...names.aggregates.map((name) => ({ name, type: 'number' as const })),
    ],
    rows: rows.map(({ begin, texts, values }) => [...(names.step === null ? [] : [begin]), ...texts, ...values]),
    notes: [...notes],
    bounds: {
      rows: { limit: most, used: rows.length },
      bytes: { limit: ask.limits.bytes, used: bytes },
      seconds: { limit: seconds, used: tookSeconds },
      isCut: found.length > most,
    },
    read: null,
    query: expressions.join('\n'),
    tookSeconds,
  }
}

/** A last window is shorter when the step does not fit: nothing after the range is read. */
function windowsOf({ from, to }: AskRange, stepSeconds: number | undefined): Windows[] {
  const whole = { first: to, last: to, length: to - from }
  if (stepSeconds === undefined) return [whole]
  const length = stepSeconds * 1000
  const count = Math.floor((to - from) / length)
  if (count > maximumPoints) throw tooMany(`The ask has more than ${maximumPoints} steps.`, 'Use a longer step.')
  const rest = to - from - count * length
  return [
    ...(count > 0 ? [{ first: from + length, last: from + count * length, length }] : []),
    ...(rest > 0 ? [{ ...whole, length: rest }] : []),
  ]
}

function askWindows(
  address: HttpAddress,
  { first, last, length }: Windows,
  { expression, ...limits }: { expression(range: string): string; signal: AbortSignal; seconds: number },
): Promise<RangeAnswer> {
  const stepMilliseconds = first === last ? 1_000 : length
  const shift = shiftOf(first, stepMilliseconds)
  // A window of Loki has its end and not its begin; a nanosecond earlier it is the other way round, as it is asked for.
  const range = `[${durationText(length)}] offset ${shift === 0 ? '' : `${shift}ms`}1ns`
  const query = { expression: expression(range), from: first, to: last, stepMilliseconds, shift }
  return queryRange(address, query, { ...limits, mostSeries: mostGroups })
}

/** @param one null for the number of lines */
function expressionOf(
  one: ComputeAggregate | null,
  lines: string,
  groups: readonly string[],
): (range: string) => string {
  const by = (more: readonly string[] = []) => `by (${[...groups.map(labelOf), ...more].join(', ')})`
  const field = one?.field === undefined ? null : labelOf(one.field)
  const fn = one?.fn ?? 'count'
  const having = field === null ? '' : ` | ${field}!=""`
  switch (fn) {
    case 'count':
      return (range) => `sum ${by()} (count_over_time(${lines}${having} ${range}))`
    case 'distinct':
      return (range) =>
        `count ${by()} (sum ${by(field === null ? [] : [field])} (count_over_time(${lines}${having} ${range})))`
    case 'sum':
      return (range) => `sum ${by()} (sum_over_time(${lines} | unwrap ${field} | __error__="" ${range}))`
    case 'avg':
    case 'min':
    case 'max':
      return (range) => `${fn}_over_time(${lines} | unwrap ${field} | __error__="" ${range}) ${by()}`
    case 'quantile':
      return (range) =>
        `quantile_over_time(${one?.quantile ?? 0}, ${lines} | unwrap ${field} | __error__="" ${range}) ${by()}`
  }
}

const valueOfNone = ({ fn }: ComputeAggregate): number | null => (fn === 'count' || fn === 'distinct' ? 0 : null)

const compare: Record<ComputeAsk['having'][number]['op'], (a: number, b: number) => boolean> = {
  '=': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
}

function holds({ values }: Group, { ask, names }: RowsAsk): boolean {
  return ask.having.every(({ column, op, value }) => {
    const found = values[names.aggregates.indexOf(column)] ?? null
    return found !== null && compare[op](found, value)
  })
}

/** Without a value comes last in either order. */
function ordered(groups: Group[], { ask, names }: RowsAsk): Group[] {
  const byName = (a: Group, b: Group): number =>
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

const bothOf = (limit: AbortSignal, signal: AbortSignal | null): AbortSignal =>
  signal === null ? limit : AbortSignal.any([limit, signal])

async function ended<T>(
  work: Promise<T>,
  { limit, signal, seconds }: { limit: AbortSignal; signal: AbortSignal | null; seconds: number },
): Promise<T> {
  try {
    return await work
  } catch (error) {
    signal?.throwIfAborted()
    if (limit.aborted)
      throw tooMany(`Loki did not answer within ${seconds} s.`, 'Ask for less time, or allow more seconds.')
    throw error
  }
}

const tooMany = (message: string, fix: string): DataError => new DataError('query-too-large', message, { fix })
