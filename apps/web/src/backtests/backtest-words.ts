/** How a backtest is told. Pure. */
import type { Outputs } from '../ui/api.tsx'
import type { Tone } from '../ui/tone.ts'

export type Backtest = Outputs['backtests']['get']
export type BacktestCase = Backtest['cases'][number]

export function backtestTone(status: Backtest['status']): Tone {
  switch (status) {
    case 'running':
      return 'running'
    case 'done':
      return 'done'
    case 'failed':
      return 'abnormal'
    case 'cancelled':
      return 'cancelled'
  }
}

/** @example percent(0.9146) // '91.5 %' */
export const percent = (share: number | null): string => (share === null ? '–' : `${Math.round(share * 1000) / 10} %`)

/** @example milliseconds(1530) // '1.5 s' */
export const milliseconds = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`)

/** Whether a case says what people say; null while that cannot be told. */
export function isRight({
  label,
  status,
  verdict,
}: Pick<BacktestCase, 'label' | 'status' | 'verdict'>): boolean | null {
  if (label === null || status === 'pending') return null
  return status === 'done' && verdict === label
}

export type CaseFilter = 'all' | 'wrong' | 'abnormal' | 'failed'

/** Cases that a filter lets through; those that are wrong first of all. */
export function casesShown(cases: readonly BacktestCase[], filter: CaseFilter): BacktestCase[] {
  switch (filter) {
    case 'all':
      return [...cases]
    case 'wrong':
      return cases.filter((one) => isRight(one) === false)
    case 'abnormal':
      return cases.filter(({ verdict }) => verdict === 'abnormal')
    case 'failed':
      return cases.filter(({ status }) => status === 'failed')
  }
}
