/** Reads what was kept of verdicts as any other source of rows is read. */
import { DataError } from '../data-error.ts'
import type { SeriesAsk, Source } from '../sources/source.ts'
import { fieldMeasure } from '../sources/rows/field-measure.ts'
import { gridSlots } from '../sources/rows/grid-slots.ts'
import { seriesOfRows, type TimedRow } from '../sources/rows/series-of-rows.ts'
import { analysisName, keptMeasures } from './analysis-table.ts'
import type { AnalysisSeries } from './judgements.ts'

/** Where the series are kept: a database. */
export interface AnalysisReader {
  read(query: {
    measure: string
    where: Record<string, readonly string[]>
    from: number
    to: number
    maximumPoints: number
  }): Promise<{ series: AnalysisSeries[]; complete: boolean }>
}

const maximumPoints = 200_000

export function analysisSource(reader: AnalysisReader): Source {
  return {
    async series(ask) {
      const { after, until } = gridSlots(ask)
      // Filters on labels that a series may lack are left to the rows.
      const where = Object.fromEntries(
        ask.newest.where.flatMap(({ label, values }) => (values.includes('') ? [] : [[label, values]])),
      )
      const measures = measuresOf(ask)
      const read = await Promise.all(
        measures.map((measure) => reader.read({ measure, where, from: after, to: until, maximumPoints })),
      )
      if (read.some(({ complete }) => !complete)) {
        throw new DataError(
          'query-too-large',
          `The query reads more than ${maximumPoints.toLocaleString('en')} verdicts.`,
          {
            fix: 'Ask for a shorter time, or filter by a runbook.',
          },
        )
      }
      return {
        ...seriesOfRows(
          read.flatMap(({ series }) => series.flatMap(rowsOf)),
          ask,
        ),
        incomplete: null,
        expression: expressionOf(ask, measures),
      }
    },
    test: async () => ({ ok: true, detail: 'verdicts are kept in the database' }),
    close: async () => undefined,
  }
}

/** A row is a verdict, or a number of one. */
function measuresOf({ measure }: SeriesAsk): string[] {
  const parts = fieldMeasure(measure)
  const selectors = parts.kind === 'ratio' ? [parts.of, parts.per] : [parts.select]
  const wanted = [...new Set(selectors.map(({ field }) => field ?? 'verdict'))]
  const unknown = wanted.find((name) => !keptMeasures.includes(name))
  if (unknown === undefined) return wanted
  throw new DataError('bad-query', `Nothing is kept under the name "${unknown}".`, {
    fix: `Select * or one of: ${keptMeasures.filter((name) => name !== 'verdict').join(', ')}.`,
  })
}

function rowsOf({ measure, labels, points }: AnalysisSeries): TimedRow[] {
  const text = (field: string): string => (Object.hasOwn(labels, field) ? (labels[field] ?? '') : '')
  return points.map(([t, value]) => ({ t, text, number: (field) => (field === measure ? value : null) }))
}

function expressionOf({ measure, where, groupBy }: SeriesAsk, measures: readonly string[]): string {
  const selected = measure.kind === 'ratio' ? `${measure.of} / ${measure.per}` : measure.select
  const filters = where.map(({ label, values }) => `${label} in ${JSON.stringify(values)}`)
  const by = groupBy.map(({ label }) => label)
  return [
    `${analysisName}: ${selected} of ${measures.join(', ')}`,
    ...(filters.length > 0 ? [`where ${filters.join(' and ')}`] : []),
    ...(by.length > 0 ? [`by ${by.join(', ')}`] : []),
  ].join(' ')
}
