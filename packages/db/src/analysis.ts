import { createHash } from 'node:crypto'
import * as z from 'zod'
import type { Statement, Store } from './store.ts'
import { jsonText } from './stored.ts'

/** A series of what detectors and runbooks found. Times are unix milliseconds, ascending. */
export interface AnalysisSeriesRow {
  measure: string
  labels: Record<string, string>
  points: [t: number, value: number][]
}

const record: Statement = {
  name: 'analysis-record',
  text: `
WITH "new" AS (
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS "new" ("hash" text, "measure" text, "labels" jsonb, "points" jsonb)
), "made" AS (
  INSERT INTO "analysis_series" ("measure", "labels", "hash") SELECT "measure", "labels", "hash" FROM "new"
  ON CONFLICT ("hash") DO UPDATE SET "hash" = EXCLUDED."hash"
  RETURNING "id", "hash"
)
INSERT INTO "analysis_point" ("seriesId", "at", "value")
SELECT "made"."id", to_timestamp(("point"->>0)::float8 / 1000) AT TIME ZONE 'UTC', ("point"->>1)::float8
FROM "new" JOIN "made" USING ("hash"), jsonb_array_elements("new"."points") AS "point"
ON CONFLICT ("seriesId", "at") DO UPDATE SET "value" = EXCLUDED."value"`,
}

const read: Statement = {
  name: 'analysis-read',
  text: `
SELECT "series"."measure", "series"."labels", extract(epoch FROM "point"."at" AT TIME ZONE 'UTC') * 1000 AS "at", "point"."value"
FROM "analysis_series" AS "series" JOIN "analysis_point" AS "point" ON "point"."seriesId" = "series"."id"
WHERE "series"."measure" = $1 AND "point"."at" > $2::timestamp AND "point"."at" <= $3::timestamp
  AND NOT EXISTS (
    SELECT 1 FROM jsonb_each($4::jsonb) AS "wanted" ("label", "values")
    WHERE NOT coalesce("wanted"."values" ? ("series"."labels"->>"wanted"."label"), false)
  )
ORDER BY "series"."id", "point"."at"
LIMIT $5`,
}
const readRow = z.object({
  measure: z.string(),
  labels: z.record(z.string(), z.string()),
  at: z.coerce.number(),
  value: z.number(),
})

/** What detectors and runbooks found, as time series. */
export function createAnalysis(store: Store) {
  return {
    /** A point that is there already is replaced: a step that is told twice counts once. */
    async record(series: readonly AnalysisSeriesRow[]): Promise<void> {
      const filled = [...joined(series).values()].filter(({ points }) => points.length > 0)
      if (filled.length > 0) await store.run(record, [jsonText(filled)])
    },

    /**
     * Points after `from` up to `to`.
     *
     * @param query.where label -> the values that it may have
     * @returns `complete` false when there were more than `maximumPoints`; the series are cut then
     */
    async read(query: {
      measure: string
      where: Record<string, readonly string[]>
      from: number
      to: number
      maximumPoints: number
    }): Promise<{ series: AnalysisSeriesRow[]; complete: boolean }> {
      const { measure, where, from, to, maximumPoints } = query
      const rows = await store.run(read, [
        measure,
        new Date(from).toISOString(),
        new Date(to).toISOString(),
        JSON.stringify(where),
        maximumPoints + 1,
      ])
      const series = new Map<string, AnalysisSeriesRow>()
      for (const row of rows.slice(0, maximumPoints)) {
        const { labels, at, value } = readRow.parse(row)
        const key = keyOf(measure, labels)
        const one = series.get(key) ?? { measure, labels, points: [] }
        series.set(key, one)
        one.points.push([Math.round(at), value])
      }
      return { series: [...series.values()], complete: rows.length <= maximumPoints }
    },

    /** Drops points before a moment, and the series that have none left. @returns how many points there were. */
    async forgetBefore(moment: number): Promise<number> {
      return store.write(async (tx) => {
        const { count } = await tx.analysisPoint.deleteMany({ where: { at: { lt: new Date(moment) } } })
        if (count > 0) await tx.analysisSeries.deleteMany({ where: { points: { none: {} } } })
        return count
      })
    },
  }
}

export type Analysis = ReturnType<typeof createAnalysis>

/** One row a series and one point a time: a statement may not change the same row twice. */
function joined(series: readonly AnalysisSeriesRow[]) {
  const found = new Map<string, AnalysisSeriesRow & { hash: string }>()
  for (const { measure, labels, points } of series) {
    const hash = createHash('sha256').update(keyOf(measure, labels)).digest('hex')
    const times = new Map(found.get(hash)?.points)
    for (const [t, value] of points) if (Number.isFinite(value)) times.set(t, value)
    found.set(hash, { hash, measure, labels, points: [...times] })
  }
  return found
}

const keyOf = (measure: string, labels: Record<string, string>): string =>
  JSON.stringify([measure, ...Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))])
