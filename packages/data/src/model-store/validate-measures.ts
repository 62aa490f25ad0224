/** Whether what a model says is there at its sources: a selector that matches nothing is a mistake that no schema finds. */
import { DataError } from '../data-error.ts'
import { readText, type ModelText } from '../model/model-text.ts'
import type { DataService } from '../query/service.ts'

export type MeasureCheck = { measure: string; expression: string | null } & (
  | { state: 'answers' }
  | { state: 'no-data'; message: string }
  | { state: 'refused'; message: string; fix: string }
)

export interface Validation {
  checks: MeasureCheck[]
  /** Measures that were not asked for, because there are too many. */
  left: number
}

/** More take longer than a person waits. */
const mostMeasures = 300
/** As the planner runs at a source at a time; more would only wait there. */
const sideBySide = 8
const spanMs = 3_600_000
const stepSeconds = 300

/** The tables that a file of the model speaks of; empty when it cannot be read. */
export function tablesOf(text: ModelText): string[] {
  const read = readText(text)
  return 'file' in read ? Object.keys(read.file.content.tables ?? {}) : []
}

/**
 * Asks the sources for the last hour of each measure.
 *
 * @param ask.tables all of the model without it
 */
export async function validateMeasures(
  data: DataService,
  ask: { tables?: readonly string[]; now: number; signal?: AbortSignal },
): Promise<Validation> {
  const { tables } = data.model
  const measures = (ask.tables ?? Object.keys(tables)).flatMap((id) =>
    Object.keys((Object.hasOwn(tables, id) ? tables[id]?.measures : undefined) ?? {}).map((name) => `${id}.${name}`),
  )
  const wanted = measures.slice(0, mostMeasures)
  const checks: MeasureCheck[] = []
  const next = wanted.entries()
  await Promise.all(
    Array.from({ length: sideBySide }, async () => {
      for (const [index, measure] of next) checks[index] = await checkMeasure(data, measure, ask)
    }),
  )
  return { checks, left: measures.length - wanted.length }
}

async function checkMeasure(
  data: DataService,
  measure: string,
  { now, signal }: { now: number; signal?: AbortSignal },
): Promise<MeasureCheck> {
  try {
    const query = { measure, from: now - spanMs, to: now, stepSeconds, asOf: now }
    const answer = await data.data(query, signal ? { signal } : {})
    const expression = answer.query.expression
    if (answer.series.some(({ points }) => points.some(([, value]) => value !== null)))
      return { measure, expression, state: 'answers' }
    const message = 'The source has nothing of it in the last hour: the selector matches nothing, or nothing happens.'
    return { measure, expression, state: 'no-data', message }
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    return { measure, expression: null, state: 'refused', message: error.message, fix: error.fix }
  }
}
