'use client'
/** Freezes a report on a link that others can be sent, and shows the links that it has. */
import { useState } from 'react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Copy, ExternalLink, Trash2 } from 'lucide-react'
import { useApi } from '../ui/api.tsx'
import { Button, ButtonLink, IconButton } from '../ui/button.tsx'
import { copyText } from '../ui/copy-text.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Field, Select } from '../ui/field.tsx'
import { reportProblem } from '../ui/report-problem.ts'
import { useSession } from '../ui/session.ts'
import { Time } from '../ui/time.tsx'

const times = [
  { value: '1', label: 'A day' },
  { value: '7', label: 'A week' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '366', label: 'A year' },
] as const
type Days = (typeof times)[number]['value']

export interface ShareReportProps {
  runId: string
  /** The run goes on: what is frozen is what it knows by now. */
  goesOn: boolean
  close: () => void
}

export function ShareReport({ runId, goesOn, close }: ShareReportProps) {
  const api = useApi()
  const queries = useQueryClient()
  const { lacks } = useSession()
  const [days, setDays] = useState<Days>('30')
  const links = useQuery(api.reports.ofRun.queryOptions({ runId }))
  const renew = (): void => void queries.invalidateQueries({ queryKey: api.reports.ofRun.queryKey({ runId }) })
  const freeze = useMutation(
    api.reports.freeze.mutationOptions({
      onSuccess: ({ link }) => {
        renew()
        copyText(link, 'Frozen; its link is copied')
      },
      onError: reportProblem('The report was not frozen'),
    }),
  )
  const remove = useMutation(
    api.reports.delete.mutationOptions({ onSuccess: renew, onError: reportProblem('It was not deleted') }),
  )
  return (
    <Dialog
      open
      onOpenChange={close}
      size="medium"
      title="Share this report"
      description={`A read-only page of the report as it is now${goesOn ? ', though the run goes on' : ''}. It does not change with the runbook, the model or the data, and opens for whoever is signed in.`}
      footer={
        <Button
          variant="primary"
          busy={freeze.isPending}
          disabledReason={lacks('operator')}
          onClick={() => freeze.mutate({ runId, expiresInDays: Number(days) })}
        >
          Freeze and copy link
        </Button>
      }
    >
      <Field label="Kept for">
        {(control) => <Select<Days> {...control} value={days} onChange={setDays} options={[...times]} />}
      </Field>
      {links.data && links.data.length > 0 && (
        <ul aria-label="Frozen reports of this run" className="mt-4 divide-y divide-line border-y border-line">
          {links.data.map((one) => (
            <li key={one.id} className="flex min-h-11 items-center gap-2">
              <span className="min-w-0 text-sm text-second">
                <Time at={one.createdAt} /> by {one.createdBy}, until <Time at={one.expiresAt} />
              </span>
              <span className="ml-auto flex shrink-0">
                <IconButton
                  label="Copy link"
                  variant="ghost"
                  className="max-sm:size-11"
                  onClick={() => copyText(one.link, 'Link copied')}
                >
                  <Copy aria-hidden className="size-3.5" />
                </IconButton>
                <ButtonLink
                  variant="ghost"
                  className="w-8 px-0! max-sm:size-11"
                  href={`/reports/${one.id}`}
                  aria-label="Open the frozen report"
                >
                  <ExternalLink aria-hidden className="size-3.5" />
                </ButtonLink>
                <IconButton
                  label="Delete this frozen report"
                  variant="ghost"
                  className="max-sm:size-11"
                  disabledReason={lacks('operator')}
                  busy={remove.isPending && remove.variables.id === one.id}
                  onClick={() => remove.mutate({ id: one.id })}
                >
                  <Trash2 aria-hidden className="size-3.5" />
                </IconButton>
              </span>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  )
}
