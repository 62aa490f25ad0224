/** Whether an answer is whole: no data is never normal. Pure. */
import type { DataQuality } from '@tenon/runbook'

/** Older than so many steps, a newest point is no longer "now". */
const lateSteps = 5
const lateSeconds = 300

export function qualityTone(
  { completeness, freshnessSeconds, notes }: DataQuality,
  stepSeconds: number,
): 'normal' | 'inconclusive' {
  const late = freshnessSeconds === null || freshnessSeconds > Math.max(lateSeconds, lateSteps * stepSeconds)
  return completeness < 0.99 || late || notes.length > 0 ? 'inconclusive' : 'normal'
}
