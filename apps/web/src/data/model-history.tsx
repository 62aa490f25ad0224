'use client'
import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { useApi } from '../ui/api.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Rows } from '../ui/panel.tsx'
import { personName } from '../ui/person-name.ts'
import { ErrorState, LoadingRows } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'

export interface ModelHistoryProps {
  path: string
  close: () => void
  /** An older text goes into the editor, unsaved. */
  onTake: (text: string) => void
  /** Why it cannot. */
  takeReason: string | null
}

/** The revisions of a file, newest first, each with its text. */
export function ModelHistory({ path, close, onTake, takeReason }: ModelHistoryProps) {
  const api = useApi()
  const [open, setOpen] = useState<number | null>(null)
  const history = useQuery(api.model.history.queryOptions({ path }))
  return (
    <Dialog open onOpenChange={close} title={`History of ${path}`} size="large">
      {history.isPending ? (
        <LoadingRows rows={3} label="Loading the history" />
      ) : history.isError ? (
        <ErrorState
          what="The history could not be loaded"
          error={history.error}
          retry={() => void history.refetch()}
          className="px-0"
        />
      ) : (
        <Rows>
          {history.data.map(({ revision, removed, savedBy, savedAt }) => (
            <li key={revision} className="py-2">
              <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
                <b className="font-semibold">revision {revision}</b>
                <span className="text-second">
                  {removed ? 'removed' : 'saved'} by {personName(savedBy)}
                </span>
                <Time at={savedAt} className="ml-auto text-sm text-third" />
                {!removed && (
                  <Button
                    size="small"
                    aria-expanded={open === revision}
                    onClick={() => setOpen(open === revision ? null : revision)}
                  >
                    {open === revision ? 'Hide' : 'Show'}
                  </Button>
                )}
              </div>
              {open === revision && (
                <Revision path={path} revision={revision} onTake={onTake} takeReason={takeReason} />
              )}
            </li>
          ))}
        </Rows>
      )}
    </Dialog>
  )
}

function Revision({
  path,
  revision,
  onTake,
  takeReason,
}: Pick<ModelHistoryProps, 'path' | 'onTake' | 'takeReason'> & { revision: number }) {
  const api = useApi()
  const answer = useQuery(api.model.revision.queryOptions({ path, revision }, { staleTime: Infinity }))
  if (answer.isPending) return <LoadingRows rows={3} label="Loading the text" />
  if (answer.isError) return <ErrorState what="The text could not be loaded" error={answer.error} className="px-0" />
  const { text } = answer.data
  return (
    <div className="mt-2">
      <pre
        aria-label={`Revision ${revision}`}
        className="max-h-72 overflow-auto rounded-md border border-line bg-sunken p-2 font-mono text-sm"
      >
        {text ?? 'Its text is no longer kept.'}
      </pre>
      {text !== null && (
        <Button className="mt-2" size="small" disabledReason={takeReason} onClick={() => onTake(text)}>
          Take it into the editor
        </Button>
      )}
    </div>
  )
}
