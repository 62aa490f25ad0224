'use client'
/** Says of groups that they were real or noise: shown at once, kept by the server, with a way back. */
import { useState } from 'react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { toast } from 'sonner'
import { useApi } from '../ui/api.tsx'
import { plural } from '../ui/figures.ts'
import { reportProblem } from '../ui/report-problem.ts'
import type { AlertGroup, AlertLabel } from './verdict-words.ts'

type Labelled = Pick<AlertGroup, 'key' | 'title' | 'label'>

export interface Labelling {
  /** Null takes a label back. */
  label: (groups: readonly Labelled[], label: AlertLabel | null) => void
  /** The label of a group, also one that is on its way to the server. */
  labelOf: (group: Labelled) => AlertLabel | null
}

type Labels = ReadonlyMap<string, AlertLabel | null>

export function useLabel(): Labelling {
  const api = useApi()
  const client = useQueryClient()
  const [pending, setPending] = useState<Labels>(new Map())
  const one = useMutation(api.alerts.label.mutationOptions())
  const write = useMutation({
    mutationFn: async (labels: Labels) => {
      for (const [key, label] of labels) await one.mutateAsync({ key, label })
    },
    onMutate: (labels) => setPending((before) => new Map([...before, ...labels])),
    onError: reportProblem('The label was not kept'),
    onSettled: async (_data, _error, labels) => {
      // Until the lists are read again the label stands here; then they say it themselves.
      await client.invalidateQueries({ queryKey: api.alerts.pathKey() })
      setPending((before) => new Map([...before].filter(([key, label]) => labels.get(key) !== label)))
    },
  })
  return {
    label(groups, label) {
      const before = new Map(groups.map((group) => [group.key, group.label]))
      const undo = { label: 'Undo', onClick: () => write.mutate(before) }
      const what = groups.length === 1 ? `“${groups[0]?.title}”` : plural(groups.length, 'group')
      write.mutate(new Map(groups.map(({ key }) => [key, label])), {
        onSuccess: () => {
          toast(label === null ? `The label of ${what} is taken back` : `${what} labelled ${label}`, { action: undo })
        },
      })
    },
    labelOf: ({ key, label }) => pending.get(key) ?? (pending.has(key) ? null : label),
  }
}
