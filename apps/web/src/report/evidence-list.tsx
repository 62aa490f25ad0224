'use client'
import { EvidenceView } from '../ui/evidence/evidence-view.tsx'
import { Panel } from '../ui/panel.tsx'
import { EmptyState, LoadingRows } from '../ui/states.tsx'
import { evidenceInOrder, type RunDetail } from './run-view-model.ts'

/** All evidence of a run; charts two in a row, everything else over the whole width. */
export function EvidenceList({ run }: { run: RunDetail }) {
  const all = evidenceInOrder(run).filter(({ evidence }) => evidence.kind !== 'topology')
  if (all.length === 0) {
    return (
      <Panel flush>
        {run.status === 'running' ? (
          <LoadingRows rows={5} label="Evidence is on its way" />
        ) : (
          <EmptyState title="No evidence">
            No step of this run gave any. The timeline says what each step did.
          </EmptyState>
        )}
      </Panel>
    )
  }
  return (
    <div className="grid gap-4 md:grid-cols-2">
      {all.map(({ step, evidence }) => (
        <div
          key={`${step.stepId}/${evidence.id}`}
          className={evidence.kind === 'series' ? 'min-w-0' : 'min-w-0 md:col-span-2'}
        >
          <EvidenceView evidence={evidence} group={run.id} />
        </div>
      ))}
    </div>
  )
}
