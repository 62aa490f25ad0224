'use client'
/** Says of a group that it was real or noise, at once, with a way back. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { toast } from 'sonner'
import { useApi } from '../ui/api.tsx'
import { plural } from '../ui/figures.ts'
import { reportProblem } from '../ui/report-problem.ts'
import type { AlertGroup, AlertLabel } from './verdict-words.ts'

type Labelled = Pick<AlertGroup, 'key' | 'title' | 'label'>

export interface Labelling {
  /** The same label again takes it back. */
  label: (groups: readonly Labelled[], label: AlertLabel | null) => void
  /** Keys of groups whose label is being written. */
  busy: ReadonlySet<string>
}

const none: ReadonlySet<string> = new Set()

export function useLabel(): Labelling {
  const api = useApi()
  const client = useQueryClient()
  const one = useMutation(api.alerts.label.mutationOptions())
  const write = useMutation({
    mutationFn: async (wanted: { groups: readonly Labelled[]; labels: (AlertLabel | null)[] }) => {
      for (const [index, { key }] of wanted.groups.entries()) {
        await one.mutateAsync({ key, label: wanted.labels[index] ?? null })
      }
    },
    onError: reportProblem('The label was not kept'),
    onSettled: () => client.invalidateQueries({ queryKey: api.alerts.pathKey() }),
  })
  return {
    label(groups, label) {
      const before = groups.map((group) => group.label)
      write.mutate(
        { groups, labels: groups.map(() => label) },
        {
          onSuccess: () => {
            const what = groups.length === 1 ? `“${groups[0]?.title}”` : plural(groups.length, 'group')
            toast(label === null ? `The label of ${what} is taken back` : `${what} labelled ${label}`, {
              action: { label: 'Undo', onClick: () => write.mutate({ groups, labels: before }) },
            })
          },
        },
      )
    },
    busy: write.isPending ? new Set(write.variables.groups.map(({ key }) => key)) : none,
  }
}
