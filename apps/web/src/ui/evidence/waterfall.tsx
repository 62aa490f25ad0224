import { classNames } from '../class-names.ts'
import { formatChange, formatPercent, formatQuantity } from '../figures.ts'
import { toneLooks } from '../tone.ts'
import {
  type WaterfallBar,
  type WaterfallEvidence,
  type WaterfallLayout,
  waterfallLayout,
} from './waterfall-geometry.ts'

const chartHeight = 112

/** From expected to now, part by part. The parts' sum stands beside it, and so does any remainder. */
export function Waterfall({ evidence }: { evidence: WaterfallEvidence }) {
  const layout = waterfallLayout(evidence)
  const span = layout.ceiling - layout.floor || 1
  const y = (level: number): number => ((layout.ceiling - Math.max(level, layout.floor)) / span) * chartHeight
  return (
    <figure>
      <figcaption className="sr-only">
        {`${evidence.title}: expected ${formatQuantity(evidence.expected, evidence.unit)}, now ${formatQuantity(evidence.actual, evidence.unit)}.`}
      </figcaption>
      <ol className="flex gap-1 sm:gap-4">
        {layout.bars.map((bar, index) => (
          <Bar key={`${index}-${bar.name}`} bar={bar} y={y} cut={layout.floor > 0} unit={evidence.unit} />
        ))}
      </ol>
      <SumLine evidence={evidence} layout={layout} />
      {layout.floor > 0 && (
        <p className="mt-1 text-xs text-third">
          Bars are cut at {formatQuantity(layout.floor, evidence.unit)} so that the changes can be seen.
        </p>
      )}
    </figure>
  )
}

/** "+2 −72 = −70 requests/min; −11.7 % of the 600 expected": every bar's own figure, so that anyone can add them up. */
function SumLine({ evidence, layout }: { evidence: WaterfallEvidence; layout: WaterfallLayout }) {
  const parts = layout.bars.filter(({ kind }) => kind === 'part' || kind === 'unexplained')
  if (parts.length === 0) return null
  const total = parts.reduce((sum, bar) => sum + bar.to - bar.from, 0)
  const ofExpected = evidence.expected === 0 ? null : formatChange(total / evidence.expected)
  return (
    <p className="figures mt-2 border-t border-line pt-2 text-sm text-second">
      {parts.map((bar, index) => (
        <span key={`${index}-${bar.name}`} title={bar.name} className="whitespace-nowrap">
          {signed(bar.to - bar.from)}{' '}
        </span>
      ))}
      <span className="whitespace-nowrap">
        = <b className="font-semibold text-ink">{formatQuantity(total, evidence.unit)}</b>
      </span>
      {ofExpected !== null && (
        <span>
          {' '}
          ({ofExpected} of {formatQuantity(evidence.expected, evidence.unit)} expected)
        </span>
      )}
    </p>
  )
}

const signed = (value: number): string => `${value > 0 ? '+' : ''}${formatQuantity(value, '')}`

/** "parts sum to −11.8 %", as the figures themselves say. */
export function waterfallSum(evidence: WaterfallEvidence): string {
  const { sum } = waterfallLayout(evidence)
  return sum === null ? 'nothing was expected' : `parts sum to ${formatChange(sum)}`
}

interface BarProps {
  bar: WaterfallBar
  y: (level: number) => number
  cut: boolean
  unit: string
}

function Bar({ bar, y, cut, unit }: BarProps) {
  const whole = bar.kind === 'expected' || bar.kind === 'actual'
  const top = whole ? y(bar.to) : Math.min(y(bar.from), y(bar.to))
  const height = Math.max(3, whole ? chartHeight - top : Math.abs(y(bar.from) - y(bar.to)))
  const look = bar.verdict ? toneLooks[bar.verdict] : null
  const share = bar.share === null ? '–' : whole ? formatPercent(bar.share) : formatChange(bar.share)
  const change = formatQuantity(whole ? bar.to : bar.to - bar.from, unit)
  return (
    <li className="min-w-0 flex-1 basis-0 text-center" title={`${bar.name}: ${change}`}>
      <svg viewBox={`0 0 100 ${chartHeight}`} preserveAspectRatio="none" className="block h-28 w-full" aria-hidden>
        {!whole && (
          <path
            d={`M0 ${y(bar.from)}H100`}
            className="stroke-line-strong"
            strokeDasharray="2 3"
            vectorEffect="non-scaling-stroke"
          />
        )}
        <rect
          x="14"
          y={top}
          width="72"
          height={height}
          rx="1.5"
          className={classNames(
            look ? look.fill : bar.kind === 'unexplained' ? 'fill-inconclusive-tint stroke-inconclusive' : 'fill-bar',
          )}
          strokeDasharray={bar.kind === 'unexplained' ? '3 2' : undefined}
        />
        {whole && cut && <path d={`M10 ${chartHeight - 12}l80 -6v5l-80 6z`} className="fill-panel" />}
      </svg>
      <div className="mt-1 line-clamp-3 min-h-[2.5em] text-xs leading-tight break-words hyphens-auto text-second sm:min-h-0 sm:text-sm">
        {bar.name}
      </div>
      <div
        className={classNames(
          'figures mt-0.5 text-xs font-semibold sm:text-sm',
          look && bar.verdict !== 'normal' && look.text,
        )}
      >
        {share}
      </div>
      {bar.verdict && <span className="sr-only">{bar.verdict}</span>}
    </li>
  )
}
