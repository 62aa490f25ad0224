'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { toast } from 'sonner'
import { useApi } from '../ui/api.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Rows } from '../ui/panel.tsx'
import { reportProblem } from '../ui/report-problem.ts'
import { Time } from '../ui/time.tsx'
import type { RunbookDetail } from './runbook-detail.ts'

/** Every published version; rolling back points to an older one and leaves the draft as it is. */
export function VersionsDialog({
  runbook,
  readOnlyReason,
  close,
}: {
  runbook: RunbookDetail
  readOnlyReason: string | null
  close: () => void
}) {
  const api = useApi()
  const client = useQueryClient()
  const rollback = useMutation(
    api.runbooks.rollback.mutationOptions({
      onSuccess: ({ version }) => toast.success(`Version ${version} is live`),
      onError: reportProblem('Nothing was rolled back'),
      onSettled: () => client.invalidateQueries({ queryKey: api.runbooks.pathKey() }),
    }),
  )
  return (
    <Dialog
      open
      onOpenChange={close}
      size="medium"
      title="Versions"
      description="Versions never change. Rolling back points to an older one; your draft stays."
    >
      {runbook.versions.length === 0 ? (
        <p className="text-second">Nothing was published yet.</p>
      ) : (
        <Rows className="border-t-0">
          {runbook.versions.map((version) => (
            <li key={version.number} className="flex items-center gap-3 py-2">
              <b className="w-10 font-semibold">v{version.number}</b>
              <span className="min-w-0 flex-1 truncate text-second">
                {version.publishedBy} · <Time at={version.publishedAt} /> ·{' '}
                <code className="font-mono text-xs">{version.planHash.slice(7, 15)}</code>
              </span>
              {version.number === runbook.publishedVersion ? (
                <Badge tone="normal">live</Badge>
              ) : (
                <Button
                  size="small"
                  disabledReason={readOnlyReason}
                  busy={rollback.isPending && rollback.variables?.version === version.number}
                  onClick={() => rollback.mutate({ name: runbook.name, version: version.number })}
                >
                  Make live
                </Button>
              )}
            </li>
          ))}
        </Rows>
      )}
    </Dialog>
  )
}
