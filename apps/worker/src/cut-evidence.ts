import type { Evidence, StepResult } from '@tenon/runbook'
import { StepFailure } from '@tenon/activities'

/** Temporal takes at most 2 MB for one result; a run has to carry many. Length of the JSON. */
export const longestResult = 1024 * 1024

/**
 * Makes a step's result short enough for a run: evidence that is too large is replaced by a note, the largest first.
 * @throws StepFailure `result-too-large` when the output alone is too long.
 */
export function cutEvidence(result: StepResult, type: string, limit = longestResult): StepResult {
  let length = JSON.stringify(result).length
  if (length <= limit) return result
  const evidence = [...(result.evidence ?? [])]
  const largestFirst = evidence
    .map((one, index) => ({ index, length: JSON.stringify(one).length }))
    .toSorted((a, b) => b.length - a.length)
  for (const one of largestFirst) {
    if (length <= limit) break
    const note = noteFor(evidence[one.index]!, one.length)
    evidence[one.index] = note
    length -= one.length - JSON.stringify(note).length
  }
  if (length <= limit) return { ...result, evidence }
  throw new StepFailure({
    code: 'result-too-large',
    message: `${type} gave ${Math.round(length / 1024)} KiB; a step may give ${Math.round(limit / 1024)} KiB.`,
    fix: 'Ask for less: a shorter time, fewer series, or fewer rows.',
    retryable: false,
  })
}

/** What it showed is lost; the queries that reproduce it are not. */
function noteFor({ id, title, subtitle, verdict, queries = [] }: Evidence, length: number): Evidence {
  const size = `${Math.round(length / 1024)} KiB`
  return {
    id,
    kind: 'text',
    title,
    text: `This evidence was left out, because it is too large to keep (${size}). Its queries reproduce it.`,
    ...(subtitle ? { subtitle } : {}),
    ...(verdict ? { verdict } : {}),
    ...(queries.length > 0 ? { queries: queries.slice(0, 20) } : {}),
  }
}
