/** What is wrong now, in one sentence. Pure. */
import { formatChange, formatNumber } from '../ui/figures.ts'

export interface HeadlineChain {
  id: string
  title: string
  verdict: { value: 'normal' | 'abnormal' | 'inconclusive'; reasons: string[] }
  deviation: number | null
  lostPerMinute: number | null
}

export type Headline<Chain extends HeadlineChain> =
  | { kind: 'abnormal'; chain: Chain; others: number; text: string }
  | { kind: 'inconclusive'; chain: Chain; others: number; text: string }
  | { kind: 'normal'; text: string }
  /** The model has no chain. */
  | { kind: 'nothing' }

/** The chain that loses most comes first; what cannot be judged comes before "all is well". */
export function headlineOf<Chain extends HeadlineChain>(chains: readonly Chain[]): Headline<Chain> {
  const abnormal = chains
    .filter(({ verdict }) => verdict.value === 'abnormal')
    .toSorted((a, b) => (b.lostPerMinute ?? 0) - (a.lostPerMinute ?? 0))
  const [worst] = abnormal
  if (worst) return { kind: 'abnormal', chain: worst, others: abnormal.length - 1, text: abnormalText(worst) }
  const unknown = chains.filter(({ verdict }) => verdict.value === 'inconclusive')
  const [first] = unknown
  if (first) {
    return { kind: 'inconclusive', chain: first, others: unknown.length - 1, text: `${first.title} cannot be judged` }
  }
  if (chains.length === 0) return { kind: 'nothing' }
  return {
    kind: 'normal',
    text: chains.length === 1 ? `${chains[0]!.title} is normal` : `All ${chains.length} business chains are normal`,
  }
}

function abnormalText({ title, deviation }: HeadlineChain): string {
  if (deviation === null) return `${title} is abnormal`
  const size = formatChange(Math.abs(deviation)).replace(/^\+/, '')
  return `${title} is ${size} ${deviation < 0 ? 'below' : 'above'} its baseline`
}

/** "41 orders a minute lost"; null when nothing is known to be. */
export function lossText({ lostPerMinute }: HeadlineChain, unit: string): string | null {
  if (lostPerMinute === null || lostPerMinute < 1) return null
  const what = unit.replace(/\/min$/, '')
  return `${formatNumber(Math.round(lostPerMinute))} ${what} a minute lost`
}
