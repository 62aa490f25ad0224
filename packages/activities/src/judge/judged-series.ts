/** A series that was judged together with others. */
import type { Judged } from './fetch-and-judge.ts'
import type { Aspect } from './golden-measures.ts'

export interface JudgedSeries {
  ref: string
  /** As it stands alone, with its group: "Payment success rate (pay-a-1)". */
  title: string
  /** Null for measures that were named. */
  aspect: Aspect | null
  group: Record<string, string>
  judged: Judged
}

/** More traffic than usual explains much and is no fault of what serves it. */
export function isWrong({ aspect, judged: { judgement } }: JudgedSeries): boolean {
  return judgement.value === 'abnormal' && !(aspect === 'traffic' && (judgement.deviation ?? 0) > 0)
}
