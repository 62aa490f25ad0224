export interface ChainStepVolume {
  id: string
  title: string
  /** Events per minute now; null when not known. */ actual: number | null
  expected: number | null
  /** Relative standard error of `expected`, e.g. 0.02. */ modelError?: number
}
export interface AttributionInput {
  /** In flow order; the first is the source. */ steps: ChainStepVolume[]
  /** Minutes that the volumes were measured over; for counting noise. */ minutes: number
  minimumEvents?: number
}
export interface AttributionPart {
  id: string
  title: string
  /** Its part of (actual - expected) of the last step, in events per minute. */
  change: number
  /** Source: actual/expected volume; steps: actual/expected conversion from the step before. Null when there was no traffic. */
  ratio: number | null
  actualConversion: number | null
  expectedConversion: number | null
  verdict: 'normal' | 'abnormal' | 'inconclusive'
  reason: string
}
export interface Attribution {
  /** Of the last step. */ actual: number
  expected: number
  /** Sum of the parts' change, exactly actual - expected. */ change: number
  parts: AttributionPart[]
}
/** Null when a volume of the first or last step is not known. */
export declare function attributeChainLoss(input: AttributionInput): Attribution | null
