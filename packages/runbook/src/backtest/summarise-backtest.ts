/** What a backtest found: verdicts against what people say it was. */
import type { VerdictValue } from '../verdict.ts'

/** What people say that a moment was; null when nobody does. */
export type CaseLabel = 'normal' | 'abnormal'

export interface CaseResult {
  label: CaseLabel | null
  status: 'pending' | 'done' | 'failed'
  verdict: VerdictValue | null
  /** Wall time of the case, milliseconds. */
  durationMs: number | null
}

/** Columns of the matrix: `none` ran and gave no verdict, `failed` did not end well. */
export const matrixColumns = ['normal', 'abnormal', 'inconclusive', 'none', 'failed'] as const
export type MatrixColumn = (typeof matrixColumns)[number]
export const matrixRows = ['normal', 'abnormal', 'unlabelled'] as const
export type MatrixRow = (typeof matrixRows)[number]
export type ConfusionMatrix = Record<MatrixRow, Record<MatrixColumn, number>>

export interface BacktestSummary {
  total: number
  ended: number
  matrix: ConfusionMatrix
  /** Labelled cases that have ended. */
  labelled: number
  /** Share of these whose verdict is the label, 0..1; null without labels. Neither "inconclusive" nor a failure is ever right. */
  accuracy: number | null
  /** Of the cases said to be abnormal, those that are labelled so, 0..1; null when none was said. */
  precision: number | null
  /** Of the cases labelled abnormal, those that were said to be, 0..1; null when none is labelled. */
  recall: number | null
  /** Milliseconds; null before a case has ended. */
  duration: { p50: number; p95: number; total: number } | null
}

export function summariseBacktest(cases: readonly CaseResult[]): BacktestSummary {
  const row = (): Record<MatrixColumn, number> => ({ normal: 0, abnormal: 0, inconclusive: 0, none: 0, failed: 0 })
  const matrix: ConfusionMatrix = { normal: row(), abnormal: row(), unlabelled: row() }
  const ended = cases.filter(({ status }) => status !== 'pending')
  for (const one of ended) matrix[one.label ?? 'unlabelled'][columnOf(one)] += 1
  const labelled = ended.filter(({ label }) => label !== null).length
  const right = matrix.normal.normal + matrix.abnormal.abnormal
  const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole)
  return {
    total: cases.length,
    ended: ended.length,
    matrix,
    labelled,
    accuracy: share(right, labelled),
    precision: share(matrix.abnormal.abnormal, matrix.abnormal.abnormal + matrix.normal.abnormal),
    recall: share(matrix.abnormal.abnormal, sum(matrix.abnormal)),
    duration: durationOf(ended.flatMap(({ durationMs }) => (durationMs === null ? [] : [durationMs]))),
  }
}

function columnOf({ status, verdict }: CaseResult): MatrixColumn {
  if (status === 'failed') return 'failed'
  return verdict ?? 'none'
}

const sum = (row: Record<MatrixColumn, number>): number => Object.values(row).reduce((all, one) => all + one, 0)

function durationOf(times: readonly number[]): BacktestSummary['duration'] {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0
  if (sorted.length === 0) return null
  return { p50: at(0.5), p95: at(0.95), total: sorted.reduce((all, one) => all + one, 0) }
}
