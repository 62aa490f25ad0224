'use client'
import type { Evidence } from '@tenon/runbook'
import { VerdictChip } from '../badge.tsx'
import { formatQuantity } from '../figures.ts'
import { Panel, Rows } from '../panel.tsx'
import { Shape } from '../shape.tsx'
import { Time } from '../time.tsx'
import { Chart } from './chart.tsx'
import { Topology } from './topology.tsx'
import { Waterfall, waterfallSum } from './waterfall.tsx'

/** Any piece of evidence as a card. */
export function EvidenceView({ evidence, group }: { evidence: Evidence; group?: string }) {
  switch (evidence.kind) {
    case 'series':
      return <Chart evidence={evidence} group={group} />
    case 'waterfall':
      return (
        <Panel
          title={evidence.title}
          badge={<span className="text-second">{waterfallSum(evidence)}</span>}
          aside={evidence.subtitle}
        >
          <Waterfall evidence={evidence} />
        </Panel>
      )
    case 'topology':
      return (
        <Panel title={evidence.title} aside={evidence.subtitle}>
          <Topology evidence={evidence} />
        </Panel>
      )
    case 'table':
      return (
        <Panel
          title={evidence.title}
          badge={evidence.verdict && <VerdictChip value={evidence.verdict} />}
          aside={evidence.subtitle}
          flush
        >
          <TableView evidence={evidence} />
        </Panel>
      )
    case 'changes':
      return (
        <Panel
          title={evidence.title}
          badge={evidence.verdict && <VerdictChip value={evidence.verdict} />}
          aside={evidence.subtitle}
          flush
        >
          <ChangeList evidence={evidence} />
        </Panel>
      )
    case 'text':
      return (
        <Panel title={evidence.title} badge={evidence.verdict && <VerdictChip value={evidence.verdict} />}>
          <p className="max-w-prose whitespace-pre-line text-second">{evidence.text}</p>
        </Panel>
      )
  }
}

function TableView({ evidence }: { evidence: Extract<Evidence, { kind: 'table' }> }) {
  return (
    <section
      aria-label={`${evidence.title}, table`}
      // A box that scrolls must be reachable by keyboard.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      className="overflow-x-auto"
    >
      <table className="w-full text-base max-sm:text-sm">
        <thead>
          <tr className="border-y border-line bg-sunken text-left text-sm text-third">
            {evidence.columns.map((column) => (
              <th key={column.key} scope="col" className="px-4 py-1.5 font-medium whitespace-nowrap max-sm:px-2.5">
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {evidence.rows.map((row) => (
            <tr key={JSON.stringify(row)} className="border-t border-line first:border-t-0">
              {evidence.columns.map((column) => {
                const value = row[column.key]
                return (
                  <td key={column.key} className="px-4 py-1.5 max-sm:px-2.5">
                    {typeof value === 'string' ? value : formatQuantity(value, column.unit ?? '')}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
      {evidence.rows.length === 0 && <p className="px-4 py-4 text-second">No rows.</p>}
    </section>
  )
}

function ChangeList({ evidence }: { evidence: Extract<Evidence, { kind: 'changes' }> }) {
  if (evidence.changes.length === 0)
    return <p className="border-t border-line px-4 py-4 text-second">No change in the window.</p>
  return (
    <Rows>
      {evidence.changes.map((change) => (
        <li key={change.id} className="px-4 py-2">
          <div className="flex flex-wrap items-center gap-x-2">
            <b className="font-semibold">{change.id}</b>
            <span className="min-w-0">{change.title}</span>
            <span className="ml-auto flex items-center gap-2 text-sm text-third">
              <Time at={change.at} />
              {change.score === null ? (
                <span className="flex items-center gap-1">
                  <Shape name="dash" /> ruled out
                </span>
              ) : (
                <span className="figures font-semibold text-ink">likely {change.score.toFixed(2)}</span>
              )}
            </span>
          </div>
          <p className="text-sm text-second">{change.reason}</p>
        </li>
      ))}
    </Rows>
  )
}
