'use client'
/** Trying a part of a runbook: run from a step on, run it alone, or keep what it gave for the next tries. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Pin, PinOff, Play, SkipForward } from 'lucide-react'
import { toast } from 'sonner'
import { useApi } from '../ui/api.tsx'
import { Button } from '../ui/button.tsx'
import { reportProblem } from '../ui/report-problem.ts'
import { useSession } from '../ui/session.ts'

export interface StepToolsProps {
  name: string
  stepId: string
  /** The run that is shown; its results are reused. Null when none is. */
  run: { id: string; ended: boolean } | null
  /** The draft as it is saved now. */
  draftRevision: () => Promise<number | null>
  showRun: (id: string) => void
}

export function StepTools({ name, stepId, run, draftRevision, showRun }: StepToolsProps) {
  const api = useApi()
  const queries = useQueryClient()
  const { lacks } = useSession()
  const pins = useQuery(api.pins.list.queryOptions({ name }))
  const pin = pins.data?.find((one) => one.stepId === stepId)
  const changed = (): Promise<void> => queries.invalidateQueries({ queryKey: api.pins.pathKey() })
  const set = useMutation(
    api.pins.set.mutationOptions({
      onSuccess: async () => {
        await changed()
        toast.success('Pinned: tries of the draft take this result')
      },
      onError: reportProblem('The result was not pinned'),
    }),
  )
  const remove = useMutation(
    api.pins.remove.mutationOptions({ onSuccess: changed, onError: reportProblem('The pin is still there') }),
  )
  const rerun = useMutation(
    api.runs.rerun.mutationOptions({
      onSuccess: ({ runId }) => showRun(runId),
      onError: reportProblem('The run did not start'),
    }),
  )
  const start = async (part: { from: string } | { only: string[] }): Promise<void> => {
    const revision = await draftRevision()
    if (run && revision !== null) rerun.mutate({ id: run.id, part, draftRevision: revision })
  }
  const noRun = run === null ? 'Run the draft first.' : run.ended ? null : 'Wait until the run has ended.'
  const why = lacks('operator') ?? noRun
  return (
    <section aria-label="Try this step" className="flex flex-wrap gap-1.5 px-1 pt-4">
      <Button
        size="small"
        icon={<SkipForward aria-hidden className="size-3.5" />}
        disabledReason={why}
        busy={rerun.isPending}
        onClick={() => void start({ from: stepId })}
      >
        Run from here
      </Button>
      <Button
        size="small"
        icon={<Play aria-hidden className="size-3.5" />}
        disabledReason={why}
        busy={rerun.isPending}
        onClick={() => void start({ only: [stepId] })}
      >
        Run only this
      </Button>
      {pin ? (
        <Button
          size="small"
          icon={<PinOff aria-hidden className="size-3.5" />}
          disabledReason={lacks('editor')}
          busy={remove.isPending}
          onClick={() => remove.mutate({ name, stepId })}
        >
          Unpin
        </Button>
      ) : (
        <Button
          size="small"
          icon={<Pin aria-hidden className="size-3.5" />}
          disabledReason={lacks('editor') ?? (run === null ? 'Run the draft first.' : null)}
          busy={set.isPending}
          onClick={() => run && set.mutate({ name, stepId, runId: run.id })}
        >
          Pin the result
        </Button>
      )}
      {pin && (
        <p className="w-full text-sm text-second">
          Pinned as {pin.outcome}: tries of the draft take it, live runs never do.
        </p>
      )}
    </section>
  )
}
