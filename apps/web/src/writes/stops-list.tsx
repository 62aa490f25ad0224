'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Play } from 'lucide-react'
import { toast } from 'sonner'
import { useApi } from '../ui/api.tsx'
import { Button } from '../ui/button.tsx'
import { personName } from '../ui/person-name.ts'
import { reportProblem } from '../ui/report-problem.ts'
import { Time } from '../ui/time.tsx'
import { scopeWords, type Stop } from './stop-words.ts'

/** Each stop in force: what, who, when and why. Ending one leaves the others. @param props.ended the last one was ended. */
export function StopsList({ stops, ended }: { stops: readonly Stop[]; ended: () => void }) {
  return (
    <ul aria-label="Stops in force" className="divide-y divide-line rounded-lg border border-line">
      {stops.map((stop) => (
        <StopRow key={stop.scope} stop={stop} ended={stops.length === 1 ? ended : null} />
      ))}
    </ul>
  )
}

function StopRow({ stop, ended }: { stop: Stop; ended: (() => void) | null }) {
  const api = useApi()
  const client = useQueryClient()
  const what = scopeWords(stop.holdsFor)
  const all = stop.holdsFor.of === 'all'
  const resume = useMutation(
    api.writes.resume.mutationOptions({
      onSuccess: () => {
        toast.success(all ? 'Writes are allowed again' : `Writes are allowed again: ${what}`)
        ended?.()
      },
      onError: reportProblem('Writes were not resumed'),
      onSettled: () => client.invalidateQueries({ queryKey: api.writes.pathKey() }),
    }),
  )
  return (
    <li className="flex flex-wrap items-start gap-x-3 gap-y-2 px-3 py-2.5">
      <div className="min-w-0 flex-1 basis-52">
        <p className="font-semibold break-words first-letter:uppercase">{what}</p>
        <p className="break-words text-second">{stop.reason}</p>
        <p className="text-sm text-third">
          {personName(stop.by)}, <Time at={stop.at} />
        </p>
      </div>
      <Button
        size="small"
        variant={all ? 'primary' : 'secondary'}
        busy={resume.isPending}
        icon={<Play aria-hidden className="size-3.5" />}
        onClick={() => resume.mutate({ scope: stop.scope })}
      >
        {all ? 'Resume writes' : 'Resume'}
        {!all && <span className="sr-only"> {what}</span>}
      </Button>
    </li>
  )
}
