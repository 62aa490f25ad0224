/** Dynamic compute over Loki's lines: Loki aggregates, one LogQL expression an aggregate, and only its groups come back. */
import type { ComputeAggregate, ComputeResult } from '../../compute/ask.ts'
import type { AskRange, RowsAsk } from '../../compute/rows-ask.ts'
import { DataError } from '../../data-error.ts'
import { maximumPoints } from '../../query/query-plan.ts'
import type { HttpAddress } from '../http/request-json.ts'
import {
  mostGroups,
  resultOfGroups,
  tooManyGroups,
  withinSeconds,
  type ComputedGroup,
} from '../rows/result-of-groups.ts'
import { chosenLines, labelOf } from './chosen-lines.ts'
import { durationText, queryRange, shiftOf, type RangeAnswer } from './loki-api.ts'

/** Windows of the same length, and when the first and the last of them end, unix ms. */
interface Windows {
  first: number
  last: number
  length: number
}

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
  const groups = new Map<string, ComputedGroup>()
  // Which groups there are the lines themselves tell; of some an aggregate has no value.
  const wanted: (ComputeAggregate | null)[] = [null, ...ask.aggregates]
  const expressions = wanted.map((one) => expressionOf(one, lines, names.groups))
  let bytes = 0
  const notes = new Set<string>()

  const read = async (index: number, part: Windows, stop: AbortSignal): Promise<void> => {
    const answer = await askWindows(address, part, { expression: expressions[index]!, signal: stop, seconds })
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
    if (groups.size > mostGroups) throw tooManyGroups()
  }
  await withinSeconds(seconds, signal, async (stop) => {
    for (const index of expressions.keys()) for (const part of windows) await read(index, part, stop)
  })
  const query = expressions.map((expression) => expression('[...]')).join('\n')
  return resultOfGroups(given, [...groups.values()], { notes, bytes, query, began })
}

/** A last window is shorter when the step does not fit: nothing after the range is read. */
function windowsOf({ from, to }: AskRange, stepSeconds: number | undefined): Windows[] {
  const whole = { first: to, last: to, length: to - from }
  if (stepSeconds === undefined) return [whole]
  const length = stepSeconds * 1000
  const count = Math.floor((to - from) / length)
  if (count > maximumPoints)
    throw new DataError('query-too-large', `The ask has more than ${maximumPoints} steps.`, {
      fix: 'Use a longer step.',
    })
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
  const query = { expression: expression(range), from: first, to: last, stepMilliseconds, shift, slackMilliseconds: 1 }
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
