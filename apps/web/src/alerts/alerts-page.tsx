'use client'
/** What fires, in groups of one cause, each with what it turned out to be. Nothing is hidden: quiet groups are here too, and every alert of each. */
import { Shell } from '../ui/shell.tsx'
import { AlertList } from './alert-list.tsx'
import { PrecisionPanel } from './precision-panel.tsx'
import { SourcesPanel } from './sources-panel.tsx'
import { SuppressionPanel } from './suppression-panel.tsx'

export function AlertsPage() {
  return (
    <Shell crumbs={[{ title: 'Alerts' }]}>
      <div className="grid gap-4 xl:grid-cols-[minmax(0,1fr)_320px]">
        <AlertList />
        <div className="grid min-w-0 content-start gap-4 sm:max-xl:grid-cols-2">
          <PrecisionPanel />
          <SuppressionPanel />
          <SourcesPanel />
        </div>
      </div>
    </Shell>
  )
}
