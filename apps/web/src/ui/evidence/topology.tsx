import type { Evidence } from '@tenon/runbook'
import { StateMark } from '../badge.tsx'
import { classNames } from '../class-names.ts'
import { toneLooks } from '../tone.ts'
import { labelLines } from './label-lines.ts'
import { topologyLayout } from './topology-layout.ts'
import { hotPath, topologyList } from './topology-parts.ts'

type TopologyEvidence = Extract<Evidence, { kind: 'topology' }>

const cell = { width: 96, height: 50 }
const box = { width: 84, height: 34 }
/** More columns than these would be too small to read beside the page: the flow then goes down instead of to the right. */
const mostAcross = 3

/** What calls what around the cause, with each node's verdict: the hot path stands out, the rest is dimmed. The same can be read as a list. */
export function Topology({ evidence }: { evidence: TopologyEvidence }) {
  const layout = topologyLayout(
    evidence.nodes.map((node) => node.id),
    evidence.edges,
  )
  const down = layout.columns > mostAcross && layout.rows < layout.columns
  const rowHeight = down ? cell.height + 10 : cell.height
  const centre = new Map(
    layout.nodes.map(({ id, column, row }) => {
      const [across, along] = down ? [row, column] : [column, row]
      return [id, { x: (across + 0.5) * cell.width, y: (along + 0.5) * rowHeight }]
    }),
  )
  const path = hotPath(evidence)
  const width = (down ? layout.rows : layout.columns) * cell.width
  const height = (down ? layout.columns : layout.rows) * rowHeight
  return (
    <div className="overflow-x-auto">
      <svg
        role="img"
        aria-label={`${evidence.title}. The list below says the same in words.`}
        viewBox={`0 0 ${width} ${height}`}
        className="mx-auto block h-auto w-full"
        style={{ maxWidth: width }}
      >
        {evidence.edges.map((edge) => {
          const from = centre.get(edge.from)
          const to = centre.get(edge.to)
          if (!from || !to) return null
          const hot = path.isHotEdge(edge)
          return (
            <path
              key={`${edge.from}-${edge.to}`}
              d={down ? linkDown(from, to) : linkRight(from, to)}
              fill="none"
              className={hot ? 'stroke-abnormal' : path.isEmpty ? 'stroke-line-strong' : 'stroke-line'}
              strokeWidth={hot ? 2 : 1.1}
            />
          )
        })}
        {evidence.nodes.map((node) => {
          const at = centre.get(node.id)!
          const dim = !path.isEmpty && !path.isHotNode(node.id)
          const look = node.verdict && node.verdict !== 'normal' ? toneLooks[node.verdict] : null
          return (
            <g key={node.id} transform={`translate(${at.x - box.width / 2} ${at.y - box.height / 2})`}>
              <title>{[node.title, node.verdict, node.note].filter(Boolean).join(': ')}</title>
              <rect
                width={box.width}
                height={box.height}
                rx="6"
                className={classNames(
                  node.verdict === 'abnormal'
                    ? 'fill-abnormal-tint'
                    : node.verdict === 'inconclusive'
                      ? 'fill-inconclusive-tint'
                      : 'fill-panel',
                  look ? look.stroke : dim ? 'stroke-line' : 'stroke-line-strong',
                )}
                strokeWidth={path.isHotNode(node.id) ? 1.6 : 1}
                strokeDasharray={node.verdict === 'inconclusive' ? '3 2' : undefined}
              />
              {labelLines(node.title, 14).map((line, index, lines) => (
                <text
                  key={index}
                  x={box.width / 2}
                  y={box.height / 2 + 3.5 + (index - (lines.length - 1) / 2) * 12}
                  textAnchor="middle"
                  className={classNames('text-[10.5px]', dim ? 'fill-third' : 'fill-ink')}
                >
                  {line}
                </text>
              ))}
            </g>
          )
        })}
      </svg>
      <AsList evidence={evidence} />
    </div>
  )
}

function AsList({ evidence }: { evidence: TopologyEvidence }) {
  return (
    <details className="mt-1 text-sm">
      <summary className="flex min-h-7 cursor-pointer items-center rounded-sm text-third hover:text-ink max-sm:min-h-11">
        as a list
      </summary>
      <ul className="mt-1 space-y-1">
        {topologyList(evidence).map((node) => (
          <li key={node.id} className="flex gap-2">
            <StateMark tone={node.verdict ?? 'neutral'} label={node.verdict ?? 'not judged'} />
            <span className="min-w-0">
              <span className={node.isHot ? 'font-semibold' : undefined}>{node.title}</span>
              {node.kind && <span className="text-third"> {node.kind}</span>}
              {node.isHot && <span className="text-abnormal">, on the hot path</span>}
              {node.note && <span className="block text-second">{node.note}</span>}
              {node.uses.length > 0 && (
                <span className="block text-third">
                  depends on{' '}
                  {node.uses.map(({ title, isHot }, index) => (
                    <span key={`${index}-${title}`}>
                      {index > 0 && ', '}
                      <span className={isHot ? 'font-semibold text-ink' : undefined}>{title}</span>
                    </span>
                  ))}
                </span>
              )}
            </span>
          </li>
        ))}
      </ul>
    </details>
  )
}

interface Place {
  x: number
  y: number
}

function linkRight(from: Place, to: Place): string {
  const [start, end] = [from.x + box.width / 2, to.x - box.width / 2]
  const bend = Math.max(10, (end - start) / 2)
  return `M${start} ${from.y}C${start + bend} ${from.y} ${end - bend} ${to.y} ${end} ${to.y}`
}

function linkDown(from: Place, to: Place): string {
  const [start, end] = [from.y + box.height / 2, to.y - box.height / 2]
  const bend = Math.max(10, (end - start) / 2)
  return `M${from.x} ${start}C${from.x} ${start + bend} ${to.x} ${end - bend} ${to.x} ${end}`
}
