'use client'
import { useState } from 'react'
import Link from 'next/link'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { History, Pause, Play } from 'lucide-react'
import { toast } from 'sonner'
import { useApi } from '../ui/api.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { personName } from '../ui/person-name.ts'
import { reportProblem } from '../ui/report-problem.ts'
import { runTone, runWord } from '../ui/run-words.ts'
import { useSession } from '../ui/session.ts'
import { Time } from '../ui/time.tsx'
import { BackfillDialog } from './backfill-dialog.tsx'
import { PauseDialog } from './pause-dialog.tsx'
import { nameOf, type TriggerRow } from './trigger-row.ts'

/** Production goes without saying. */
export function Environment({ name }: { name: string }) {
  return name === 'production' ? null : <Badge shape={false}>{name}</Badge>
}

export function PausedNote({ row }: { row: TriggerRow }) {
  if (!row.paused) return null
  return (
    <p className="text-sm text-second">
      paused by {personName(row.pausedBy ?? 'somebody')}
      {row.pausedAt && (
        <>
          {' '}
          <Time at={row.pausedAt} show="relative" />
        </>
      )}
      {row.pausedReason ? `: ${row.pausedReason}` : ''}
    </p>
  )
}

export function LastRun({ row: { lastRun } }: { row: TriggerRow }) {
  if (!lastRun) return <p className="mt-1 text-sm text-third">has started no run</p>
  return (
    <Link href={`/runs/${lastRun.id}`} className="mt-1 flex items-center gap-2 text-sm hover:underline">
      <Badge tone={runTone(lastRun)}>{runWord(lastRun)}</Badge>
      <span className="text-third">
        last run <Time at={lastRun.startedAt} show="relative" />
      </span>
    </Link>
  )
}

export function TriggerButtons({ row }: { row: TriggerRow }) {
  const api = useApi()
  const queries = useQueryClient()
  const { lacks } = useSession()
  const [dialog, setDialog] = useState<'pause' | 'backfill' | null>(null)
  const resume = useMutation(
    api.triggers.resume.mutationOptions({
      onSuccess: ({ warning }) => toast.success(`${row.name} goes on`, warning ? { description: warning } : {}),
      onError: reportProblem('The trigger was not resumed'),
      onSettled: () => queries.invalidateQueries({ queryKey: api.triggers.pathKey() }),
    }),
  )
  const why = lacks('operator')
  const close = (): void => setDialog(null)
  return (
    <div className="flex gap-2 sm:w-48 sm:justify-end">
      {row.kind === 'schedule' && (
        <Button
          size="small"
          disabledReason={why ?? (row.paused && 'It is paused: resume it first.')}
          icon={<History aria-hidden className="size-3.5" />}
          onClick={() => setDialog('backfill')}
        >
          Backfill
        </Button>
      )}
      {row.paused ? (
        <Button
          size="small"
          disabledReason={why}
          busy={resume.isPending}
          icon={<Play aria-hidden className="size-3.5" />}
          onClick={() => resume.mutate(nameOf(row))}
        >
          Resume
        </Button>
      ) : (
        <Button
          size="small"
          disabledReason={why}
          icon={<Pause aria-hidden className="size-3.5" />}
          onClick={() => setDialog('pause')}
        >
          Pause
        </Button>
      )}
      {dialog === 'pause' && <PauseDialog row={row} close={close} />}
      {dialog === 'backfill' && <BackfillDialog row={row} close={close} />}
    </div>
  )
}
