'use client'
import { useRouter } from 'next/navigation'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Ellipsis, FlaskConical, GitCompareArrows } from 'lucide-react'
import { toast } from 'sonner'
import { useApi } from '../ui/api.tsx'
import { IconButton } from '../ui/button.tsx'
import { Menu } from '../ui/menu.tsx'
import { reportProblem } from '../ui/report-problem.ts'
import { useSession } from '../ui/session.ts'
import type { RunDetail } from './run-view-model.ts'

/** What else can be made of a run. */
export function RunMenu({ run }: { run: RunDetail }) {
  const api = useApi()
  const router = useRouter()
  const queries = useQueryClient()
  const { lacks } = useSession()
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
  const canRepeat = run.status === 'succeeded' || run.status === 'failed'
  const why = lacks('editor') === null ? (canRepeat ? '' : ' (when it has ended by itself)') : ' (editors only)'
  return (
    <Menu
      trigger={
        <IconButton label="More for this run" busy={save.isPending}>
          <Ellipsis aria-hidden className="size-4" />
        </IconButton>
      }
      items={[
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
  )
}
