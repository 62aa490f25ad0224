'use client'
import { useState } from 'react'
import { Dialog } from '../ui/dialog.tsx'
import { MakeLive } from './make-live.tsx'
import type { RunbookDetail } from './runbook-detail.ts'
import { CompareVersions } from './compare-versions.tsx'
import { VersionList } from './version-list.tsx'
import type { Move } from './version-move.ts'

export interface VersionsDialogProps {
  runbook: RunbookDetail
  readOnlyReason: string | null
  close: () => void
}

/** Every published version: which is live where, what differs, and making another one live. */
export function VersionsDialog({ runbook, readOnlyReason, close }: VersionsDialogProps) {
  const [move, setMove] = useState<Move | null>(null)
  const newest = runbook.versions[0]?.number
  const [pair, setPair] = useState({ from: String(runbook.publishedVersion ?? newest ?? ''), to: 'draft' })
  if (move) return <MakeLive runbook={runbook} move={move} back={() => setMove(null)} close={close} />
  return (
    <Dialog
      open
      onOpenChange={close}
      size="large"
      title="Versions"
      description="Versions never change. Making one live moves a pointer; your draft and runs that go on stay."
    >
      {runbook.versions.length === 0 ? (
        <p className="text-second">Nothing was published yet.</p>
      ) : (
        <div className="space-y-5">
          {/* Many versions scroll by themselves, so that the comparison stays in view. */}
          <div className="max-h-[38dvh] overflow-y-auto">
            <VersionList
              runbook={runbook}
              readOnlyReason={readOnlyReason}
              compare={(number) => setPair({ from: String(number), to: 'draft' })}
              makeLive={setMove}
            />
          </div>
          <CompareVersions runbook={runbook} pair={pair} setPair={setPair} />
        </div>
      )}
    </Dialog>
  )
}
