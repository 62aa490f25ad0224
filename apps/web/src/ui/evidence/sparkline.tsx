import { classNames } from '../class-names.ts'
import { type Tone, toneLooks } from '../tone.ts'
import { sparklinePaths, type SparklineInput } from './sparkline-path.ts'

export interface SparklineProps extends SparklineInput {
  tone: Tone
  /** What it shows, for screen readers. */
  label: string
  className?: string
}

/** A line in its expected band. Gaps stay gaps. */
export function Sparkline({ points, band, tone, label, className }: SparklineProps) {
  const width = 180
  const height = 30
  const paths = sparklinePaths({ points, band }, width, height)
  const stroke = tone === 'normal' ? 'stroke-accent' : toneLooks[tone].stroke
  const fill = tone === 'normal' ? 'fill-accent' : toneLooks[tone].fill
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      className={classNames('h-[30px] w-full max-w-[200px] overflow-visible', className)}
    >
      <title>{label}</title>
      <path d={paths.band} className="fill-band" />
      <path
        d={paths.line}
        className={stroke}
        fill="none"
        strokeWidth="1.4"
        strokeLinejoin="round"
        vectorEffect="non-scaling-stroke"
      />
      {paths.dots.map(([x, y]) => (
        <circle key={x} cx={x} cy={y} r="1.4" className={fill} />
      ))}
    </svg>
  )
}
