/** The columns of a computed answer, in their order: the step's begin, the groups, the aggregates. */
import { suggest } from '@tenon/runbook'
import { DataError } from '../data-error.ts'
import type { ComputeAggregate, ComputeAsk, ComputeResult } from './ask.ts'
import type { ColumnNames } from './rows-ask.ts'

/** @throws DataError `bad-query` for two of one name, and for a name in `having` or `top` that no column has */
export function columnNames(ask: ComputeAsk): ColumnNames {
  const names: ColumnNames = {
    step: ask.stepSeconds === undefined ? null : 'time',
    groups: [...ask.groupBy],
    aggregates: ask.aggregates.map(nameOf),
  }
  const all = [...(names.step === null ? [] : [names.step]), ...names.groups, ...names.aggregates]
  const twice = all.find((name, index) => all.indexOf(name) !== index)
  if (twice !== undefined)
    throw new DataError('bad-query', `Two columns of the answer would be called "${twice}".`, {
      fix: 'Name one of them otherwise with "as", or ask for it once.',
    })
  for (const column of [...ask.having.map((one) => one.column), ...(ask.top ? [ask.top.by] : [])]) {
    if (names.aggregates.includes(column)) continue
    throw new DataError('bad-query', `"${column}" is no aggregate of the answer.`, {
      fix: suggest(column, names.aggregates, 'aggregate'),
    })
  }
  return names
}

/** As the answer carries them. */
export function columnsOf({ step, groups, aggregates }: ColumnNames): ComputeResult['columns'] {
  return [
    ...(step === null ? [] : [{ name: step, type: 'time' as const }]),
    ...groups.map((name) => ({ name, type: 'text' as const })),
    ...aggregates.map((name) => ({ name, type: 'number' as const })),
  ]
}

function nameOf({ fn, field, quantile, as }: ComputeAggregate): string {
  if (as !== undefined) return as
  if (fn === 'quantile') return `p${Number(((quantile ?? 0) * 100).toFixed(4))}_${field ?? ''}`
  return field === undefined ? fn : `${fn}_${field}`
}
