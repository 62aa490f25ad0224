'use client'
import { useStore } from 'zustand'
import { Badge } from '../ui/badge.tsx'
import { Time } from '../ui/time.tsx'
import type { DraftSaver } from './draft-saver.ts'
import type { RunbookDetail } from './runbook-detail.ts'

/** Whether the draft is saved, and which version is live. */
export function DraftChips({
  runbook,
  saver,
  readOnlyReason,
}: {
  runbook: RunbookDetail
  saver: DraftSaver
  readOnlyReason: string | null
}) {
  const save = useStore(saver)
  return (
    <>
      {readOnlyReason ? (
        <Badge>read only</Badge>
      ) : (
        <span aria-live="polite">
          {save.state === 'saved' && (
            <Badge>
              draft, saved <Time at={save.at} show="relative" />
            </Badge>
          )}
          {save.state === 'unsaved' && <Badge>unsaved</Badge>}
          {save.state === 'saving' && <Badge tone="running">saving</Badge>}
          {save.state === 'failed' && (
            <Badge tone="abnormal">
              <span title={save.message}>not saved; trying again</span>
            </Badge>
          )}
          {save.state === 'conflict' && <Badge tone="abnormal">someone else saved</Badge>}
        </span>
      )}
      <span className="whitespace-nowrap">{live(runbook)}</span>
    </>
  )
}

/** Production's version; when it has none, that of another environment. */
function live({ publishedVersion, pointers }: RunbookDetail): string {
  if (publishedVersion !== null) return `v${publishedVersion} live`
  const [other] = pointers
  return other ? `v${other.version} live in ${other.environment}` : 'never published'
}
