'use client'
/** Keeping a computed answer for a while, so that others can be shown it. */
import { useMutation } from '@tanstack/react-query'
import { Archive, Link2 } from 'lucide-react'
import { toast } from 'sonner'
import { useApi } from '../ui/api.tsx'
import { Button } from '../ui/button.tsx'
import { Menu } from '../ui/menu.tsx'
import { reportProblem } from '../ui/report-problem.ts'
import type { ComputeAsk } from './compute-form.ts'
import type { Computed } from './computed-result.tsx'
import { copyText } from '../ui/copy-text.ts'

const times = [
  { title: 'For a day', seconds: 86_400 },
  { title: 'For a week', seconds: 7 * 86_400 },
  { title: 'For 30 days', seconds: 30 * 86_400 },
]

export interface KeepResultProps {
  /** What was asked, with its time as it was then. */
  ask: ComputeAsk
  result: Computed
  onKept: (result: Computed) => void
}

/** It is computed once more for that: what is kept is what the server read, not what a browser sends. */
export function KeepResult({ ask, result, onKept }: KeepResultProps) {
  const api = useApi()
  const keep = useMutation(
    api.data.compute.mutationOptions({
      onSuccess: (kept) => {
        onKept(kept)
        toast.success('Kept', { description: 'Copy its link to show it to others.' })
      },
      onError: reportProblem('Not kept'),
    }),
  )
  const { keptId } = result
  if (keptId)
    return (
      <Button
        size="small"
        icon={<Link2 aria-hidden className="size-3.5" />}
        onClick={() => copyText(`${location.origin}${keptAddress(keptId)}`, 'Link copied')}
      >
        Copy the link
      </Button>
    )
  return (
    <Menu
      trigger={
        <Button size="small" icon={<Archive aria-hidden className="size-3.5" />} busy={keep.isPending}>
          Keep
        </Button>
      }
      items={times.map(({ title, seconds }) => ({
        label: title,
        onSelect: () => keep.mutate({ ...ask, keepSeconds: seconds }),
      }))}
    />
  )
}

function keptAddress(id: string): string {
  return `/data/compute?${new URLSearchParams({ kept: id })}`
}
