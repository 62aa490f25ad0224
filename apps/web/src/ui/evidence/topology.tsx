import type { Evidence } from '@tenon/runbook'
import { classNames } from '../class-names.ts'
import { toneLooks } from '../tone.ts'
import { topologyLayout } from './topology-layout.ts'

export type TopologyEvidence = Extract<Evidence, { kind: 'topology' }>

const cell = { width: 92, height: 44 }
const box = { width: 76, height: 28 }

/** What calls what around the cause, with each node's verdict. */
export function Topology({ evidence }: { evidence: TopologyEvidence }) {
  const layout = topologyLayout(
    evidence.nodes.map((node) => node.id),
    evidence.edges,
  )
  const centre = new Map(
    layout.nodes.map((node) => [node.id, { x: (node.column + 0.5) * cell.width, y: (node.row + 0.5) * cell.height }]),
  )
  const verdicts = new Map(evidence.nodes.map((node) => [node.id, node.verdict]))
  const width = layout.columns * cell.width
  const height = layout.rows * cell.height
  return (
    <div className="overflow-x-auto">
      <svg
        viewBox={`0 0 ${width} ${height}`}
        className="mx-auto block h-auto w-full min-w-60"
        style={{ maxWidth: width }}
      >
        <title>{evidence.title}</title>
        {evidence.edges.map((edge) => {
          const from = centre.get(edge.from)
          const to = centre.get(edge.to)
          if (!from || !to) return null
          const startX = from.x + box.width / 2
          const endX = to.x - box.width / 2
          const bend = Math.max(10, (endX - startX) / 2)
          const bad = verdicts.get(edge.from) === 'abnormal' && verdicts.get(edge.to) === 'abnormal'
          return (
            <path
              key={`${edge.from}-${edge.to}`}
              d={`M${startX} ${from.y}C${startX + bend} ${from.y} ${endX - bend} ${to.y} ${endX} ${to.y}`}
              fill="none"
              className={bad ? 'stroke-abnormal' : 'stroke-line-strong'}
              strokeWidth={bad ? 1.6 : 1.1}
            />
          )
        })}
        {evidence.nodes.map((node) => {
          const at = centre.get(node.id)!
          const look = node.verdict && node.verdict !== 'normal' ? toneLooks[node.verdict] : null
          return (
            <g key={node.id} transform={`translate(${at.x - box.width / 2} ${at.y - box.height / 2})`}>
              <title>{`${node.title}${node.verdict ? `: ${node.verdict}` : ''}`}</title>
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
                  look ? look.stroke : 'stroke-line-strong',
                )}
                strokeDasharray={node.verdict === 'inconclusive' ? '3 2' : undefined}
              />
              <text x={box.width / 2} y={box.height / 2 + 3.5} textAnchor="middle" className="fill-ink text-[10.5px]">
                {shorten(node.title)}
              </text>
            </g>
          )
        })}
      </svg>
    </div>
  )
}

/** The whole title is in the node's tooltip. */
function shorten(title: string): string {
  return title.length > 14 ? `${title.slice(0, 13)}…` : title
}
