'use client'
import { useState } from 'react'
import { useRouter } from 'next/navigation'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Ellipsis, FlaskConical, GitCompareArrows, Share2, Waypoints } from 'lucide-react'
import { toast } from 'sonner'
import { useApi } from '../ui/api.tsx'
import { Button, IconButton } from '../ui/button.tsx'
import { Menu } from '../ui/menu.tsx'
import { reportProblem } from '../ui/report-problem.ts'
import { useSession } from '../ui/session.ts'
import { useShortcut } from '../ui/shortcuts.ts'
import { exportItems } from './export-items.tsx'
import type { RunDetail } from './run-view-model.ts'
import { ShareReport } from './share-report.tsx'
import { useReportFile } from './use-report-file.ts'

/** Share, and what else can be made of a run. */
export function RunMenu({ run }: { run: RunDetail }) {
  const api = useApi()
  const router = useRouter()
  const queries = useQueryClient()
  const { lacks } = useSession()
  const [sharing, setSharing] = useState(false)
  const file = useReportFile({ runId: run.id })
  const save = useMutation(
    api.tests.addRun.mutationOptions({
      onSuccess: ({ runbook, name }) => {
        void queries.invalidateQueries({ queryKey: api.runbooks.pathKey() })
        toast.success(`Test ${name} is in the draft`, {
          action: { label: 'Open runbook', onClick: () => router.push(`/runbooks/${runbook}`) },
        })
      },
      onError: reportProblem('No test was made'),
    }),
  )
  const share = (): void => setSharing(true)
  useShortcut({ keys: 's', label: 'Share this report', group: 'Run', run: share })
  const canRepeat = run.status === 'succeeded' || run.status === 'failed'
  const why = lacks('editor') === null ? (canRepeat ? '' : ' (when it has ended by itself)') : ' (editors only)'
  return (
    <>
      <Button className="max-lg:hidden" icon={<Share2 aria-hidden className="size-3.5" />} shortcut="S" onClick={share}>
        Share
      </Button>
      <Menu
        trigger={
          <IconButton label="More for this run" className="max-sm:size-11" busy={save.isPending || file.busy}>
            <Ellipsis aria-hidden className="size-4" />
          </IconButton>
        }
        items={[
          { label: 'Share this report', icon: <Share2 aria-hidden className="size-3.5" />, onSelect: share },
          ...exportItems(file.download),
          {
            label: 'Open runbook',
            icon: <Waypoints aria-hidden className="size-3.5" />,
            onSelect: () => router.push(`/runbooks/${run.runbook.name}?run=${run.id}`),
          },
          {
            label: 'Compare with another run',
            icon: <GitCompareArrows aria-hidden className="size-3.5" />,
            onSelect: () => router.push(`/runs/${run.id}/compare`),
          },
          {
            label: `Save as test${why}`,
            icon: <FlaskConical aria-hidden className="size-3.5" />,
            disabled: why !== '' || save.isPending,
            onSelect: () => save.mutate({ id: run.id }),
          },
        ]}
      />
      {sharing && <ShareReport runId={run.id} goesOn={run.endedAt === null} close={() => setSharing(false)} />}
    </>
  )
}
