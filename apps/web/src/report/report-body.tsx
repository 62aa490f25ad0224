'use client'
import { type ReactNode, useState } from 'react'
import { Topology } from '../ui/evidence/topology.tsx'
import { Panel } from '../ui/panel.tsx'
import { Tabs } from '../ui/tabs.tsx'
import type { ReportContent } from './content/report-content.ts'
import type { ReportView } from './content/report-view.ts'
import { EvidenceList } from './evidence-list.tsx'
import { Hypotheses } from './hypotheses.tsx'
import { ReportHeadline } from './report-headline.tsx'
import { ReportSide } from './report-side.tsx'
import { Timeline } from './timeline.tsx'
import { Unchecked } from './unchecked.tsx'

type Tab = 'report' | 'timeline'

export interface ReportBodyProps {
  content: ReportContent
  view: ReportView
  /** Under the conclusion: what can be done about it. */
  action?: ReactNode
}

/** A report, conclusion first, then causes, evidence and method; the same for a run and for a frozen report. */
export function ReportBody({ content, view, action }: ReportBodyProps) {
  const [tab, setTab] = useState<Tab>('report')
  return (
    <div className="grid gap-4 xl:grid-cols-[minmax(0,1fr)_320px] print:block print:space-y-4">
      <div className="min-w-0 space-y-4">
        <ReportHeadline content={content} view={view}>
          {action}
        </ReportHeadline>
        <Tabs<Tab>
          label="What to show"
          value={tab}
          onChange={setTab}
          items={[
            {
              value: 'report',
              label: 'Evidence',
              content: (
                <div className="space-y-4 pt-4">
                  <Hypotheses view={view} />
                  <EvidenceList view={view} group={content.run.id} />
                  {view.topologies.slice(1).map(({ key, evidence }) => (
                    <Panel key={key} title={evidence.title} aside={evidence.subtitle}>
                      <Topology evidence={evidence} />
                    </Panel>
                  ))}
                  <Unchecked view={view} />
                </div>
              ),
            },
            { value: 'timeline', label: 'Timeline', content: <Timeline content={content} /> },
          ]}
        />
      </div>
      <ReportSide content={content} view={view} />
    </div>
  )
}
