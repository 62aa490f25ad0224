/** A bound as it is typed, and what is wrong with it. Pure. */
import { type NewBreaker, parseWhere } from './breaker-words.ts'

type NewBound = NewBreaker['bounds'][number]

export interface BoundDraft {
  measure: string
  where: string
  minimum: string
  maximum: string
  /** Known by pushed values only, so the model need not have it. */
  pushed: boolean
}

export const emptyBound: BoundDraft = { measure: '', where: '', minimum: '', maximum: '', pushed: false }

/** The bound, or what to write first. */
export function readBound(draft: BoundDraft): { bound: NewBound } | { problem: string } {
  const where = parseWhere(draft.where)
  const [minimum, maximum] = [readNumber(draft.minimum), readNumber(draft.maximum)]
  if (draft.measure.trim() === '') return { problem: draft.pushed ? 'Name the measure.' : 'Choose a measure.' }
  if (where === null) return { problem: 'Write filters as zone=B host=pay-b-1.' }
  if (minimum === undefined || maximum === undefined) return { problem: 'Write bounds as numbers, e.g. 0.98.' }
  if (minimum === null && maximum === null) return { problem: 'Give a minimum, a maximum, or both.' }
  if (minimum !== null && maximum !== null && minimum > maximum) return { problem: 'The minimum is above the maximum.' }
  const source = draft.pushed ? ('pushed' as const) : ('model' as const)
  return { bound: { measure: draft.measure.trim(), where, minimum, maximum, source } }
}

/** null for nothing, undefined for no number. */
function readNumber(text: string): number | null | undefined {
  if (text.trim() === '') return null
  const value = Number(text)
  return Number.isFinite(value) ? value : undefined
}
