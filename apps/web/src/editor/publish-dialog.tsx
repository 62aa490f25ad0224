'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { toast } from 'sonner'
import type { Problem } from '@tenon/runbook'
import { useApi } from '../ui/api.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { readProblem } from '../ui/problem.ts'
import { changeSummary } from './change-summary.ts'
import type { RunbookDetail } from './runbook-detail.ts'
import { documentOf, type Draft } from './use-draft.ts'
import { useEditor } from './use-editor.ts'
import { useFirstFocus } from './use-first-focus.ts'

interface PublishDialogProps {
  runbook: RunbookDetail
  draft: Draft
  problems: readonly Problem[]
  close: () => void
}

const mostLines = 14

/** What changes, in words, before it becomes what everyone runs. */
export function PublishDialog({ runbook, draft, problems, close }: PublishDialogProps) {
  const api = useApi()
  const first = useFirstFocus<HTMLButtonElement>()
  const client = useQueryClient()
  const document = useEditor(draft.store, (state) => state.document)
  const publish = useMutation(
    api.runbooks.publish.mutationOptions({
      onSuccess: async ({ version }) => {
        toast.success(`Version ${version} is live`)
        close()
        await client.invalidateQueries({ queryKey: api.runbooks.pathKey() })
      },
    }),
  )
  const save = useMutation({
    mutationFn: async () => {
      if (!(await draft.saver.flush())) throw new Error('The draft could not be saved, so it was not published.')
      publish.mutate({ name: runbook.name, revision: draft.saver.revision() })
    },
  })
  const before = runbook.publishedSource === null ? null : documentOf(runbook.publishedSource)
  const lines = changeSummary(before, document)
  const next = (runbook.versions[0]?.number ?? 0) + 1
  const problem = publish.error ?? save.error
  return (
    <Dialog
      open
      onOpenChange={close}
      size="medium"
      title={`Publish version ${next}?`}
      description="From then on the button, the API and the schedule run it. Runs that go on keep the version that they began with."
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button
            variant="primary"
            ref={first}
            busy={save.isPending || publish.isPending}
            onClick={() => save.mutate()}
          >
            Publish
          </Button>
        </>
      }
    >
      <h3 className="text-sm font-medium text-second">
        {runbook.publishedVersion === null ? 'It' : `Compared with version ${runbook.publishedVersion}, it`}
      </h3>
      {lines.length === 0 ? (
        <p className="mt-1">changes nothing that runs; only positions of cards.</p>
      ) : (
        <ul className="mt-1 list-disc space-y-0.5 pl-5">
          {lines.slice(0, mostLines).map((line) => (
            <li key={line}>{line}</li>
          ))}
          {lines.length > mostLines && <li>and {lines.length - mostLines} more</li>}
        </ul>
      )}
      {problems.length > 0 && (
        <div className="mt-4 rounded-lg bg-inconclusive-tint px-3 py-2 text-inconclusive">
          <p className="font-semibold">Before you publish</p>
          <ul className="space-y-0.5">
            {problems.map(({ message, fix, path }) => (
              <li key={`${path.join('.')} ${message}`}>
                {message} {fix}
              </li>
            ))}
          </ul>
        </div>
      )}
      {problem && (
        <p role="alert" className="mt-3 text-abnormal">
          {readProblem(problem).message} {readProblem(problem).fix}
        </p>
      )}
    </Dialog>
  )
}
