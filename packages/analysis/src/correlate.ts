export interface ChangeEvent {
  id: string
  kind: string
  title: string
  /** Unix ms. */ startedAt: number
  endedAt: number | null
  scope: { entity?: string; hosts?: string[]; zone?: string; version?: string }
}
export interface CorrelateInput {
  changes: ChangeEvent[]
  /** Unix ms, and how sure it is. */
  onset: number
  onsetUncertaintySeconds?: number
  affectedEntity: string
  /** `from` depends on `to`. */
  links: { from: string; to: string }[]
  /** Where the loss was localised, when it was. */
  localised?: { hosts?: string[]; zone?: string; version?: string }
}
export interface RankedChange {
  change: ChangeEvent
  /** 0..1; null when ruled out. */ score: number | null
  hops: number | null
  secondsBeforeOnset: number
  supports: string[]
  ruledOut: string | null
  /** One sentence: why likely, or why ruled out. */ reason: string
}
/** Most likely first, then the ruled out. */
export declare function rankChanges(input: CorrelateInput): RankedChange[]
