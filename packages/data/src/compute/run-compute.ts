/** Dynamic compute: finds what is asked in the model or at a connection, and has its source compute it. */
import { suggest } from '@tenon/runbook'
import * as z from 'zod'
import { DataError } from '../data-error.ts'
import { indexModel } from '../model/model-index.ts'
import type { Model } from '../model/model.ts'
import type { RunScope } from '../planner/run-scope.ts'
import type { DataQuery, DataResult } from '../query/service.ts'
import type { Source } from '../sources/source.ts'
import { computeAsk, type ComputeAsk, type ComputeAskInput, type ComputeResult } from './ask.ts'
import { askEntities } from './ask-entities.ts'
import { askRange } from './ask-range.ts'
import { columnNames } from './column-names.ts'
import { computeOverMeasure } from './over-measure.ts'

export interface ComputeMeans {
  model: Model
  /** @throws DataError `unknown-source` */
  source(name: string): Promise<Source>
  data(query: DataQuery): Promise<DataResult>
  /** Nothing after it is read. */
  asOf: number
  signal: AbortSignal | null
  /** The run that it is computed for; what it took is counted against that one's budget. */
  scope: RunScope | null
}

/** @throws DataError with what is wrong with the ask, or what the source throws; the signal's reason when aborted */
export async function runCompute(given: ComputeAskInput, means: ComputeMeans): Promise<ComputeResult> {
  const parsed = computeAsk.safeParse(given)
  if (!parsed.success)
    throw new DataError('bad-query', `The ask cannot be read: ${z.prettifyError(parsed.error)}`, {
      fix: 'Correct what is named.',
    })
  const asked = parsed.data
  const { model, asOf, signal, scope } = means
  const names = columnNames(asked)
  const whole = askRange(asked)
  const range = { from: whole.from, to: Math.min(whole.to, asOf) }
  if (range.from >= range.to)
    throw new DataError('bad-query', 'The time asked for lies after the time of the run.', {
      fix: 'Ask for a time before it.',
    })
  const place = typeof asked.from === 'string' ? indexModel(model).measure(asked.from) : null
  if (place) {
    const entities = askEntities(model, asked)
    return computeOverMeasure({ ask: asked, place, range, names, entities, asOf, read: means.data })
  }
  const { ask, source: sourceName, from } = rowsOf(model, asked)
  const source = await means.source(sourceName)
  if (!source.compute)
    throw new DataError('bad-query', `The connection "${sourceName}" has no rows that can be aggregated.`, {
      fix: 'Ask a measure of the model that is read from it, or a table of a database or of files.',
    })
  scope?.admit(sourceName)
  const rows = { ask, from, range, names: columnNames(ask), entities: askEntities(model, ask) }
  const result = await source.compute(rows, signal)
  scope?.charge(sourceName, {
    points: result.rows.length * result.columns.length,
    series: 0,
    seconds: result.tookSeconds,
  })
  return result
}

/** A table of the model says where its rows are, when they were and how they are parsed; dimensions stand for their columns. */
function rowsOf(model: Model, ask: ComputeAsk): { ask: ComputeAsk; source: string; from: string } {
  const { from: tableId } = ask
  if (typeof tableId !== 'string') return { ask, ...tableId }
  const table = Object.hasOwn(model.tables, tableId) ? model.tables[tableId] : undefined
  if (!table)
    throw new DataError('unknown-measure', `The model has no measure and no table "${tableId}".`, {
      fix: suggest(tableId, Object.keys(model.tables), 'table'),
    })
  if (table.source === undefined || table.from === undefined)
    throw new DataError('bad-query', `The table "${tableId}" has no rows: it is read by its measures alone.`, {
      fix: `Ask one of them: ${Object.keys(table.measures)
        .slice(0, 5)
        .map((id) => `${tableId}.${id}`)
        .join(', ')}.`,
    })
  const columnOf = (name: string): string => (Object.hasOwn(table.dimensions, name) ? table.dimensions[name]! : name)
  const entities = ask.entities && { ...ask.entities, field: columnOf(ask.entities.field ?? ask.entities.kind) }
  const parse = ask.parse ?? table.parse
  const time = ask.time === undefined ? table.time : ask.time
  return {
    ask: {
      ...ask,
      ...(parse === undefined ? {} : { parse }),
      ...(time === undefined ? {} : { time }),
      ...(entities ? { entities } : {}),
      groupBy: ask.groupBy.map(columnOf),
      where: ask.where.map((one) => ({ ...one, field: columnOf(one.field) })),
      aggregates: ask.aggregates.map((one) => (one.field === undefined ? one : { ...one, field: columnOf(one.field) })),
    },
    source: table.source,
    from: table.from,
  }
}
