'use client'
import { useState } from 'react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { toast } from 'sonner'
import { diffLines, diffRunbooks, type Problem } from '@tenon/runbook'
import { useApi } from '../ui/api.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field, Select, TextArea } from '../ui/field.tsx'
import { readProblem } from '../ui/problem.ts'
import { ErrorState, LoadingRows } from '../ui/states.tsx'
import { DiffList } from './diff-list.tsx'
import { documentOf } from './draft-text.ts'
import type { RunbookDetail } from './runbook-detail.ts'
import type { Draft } from './use-draft.ts'
import { useEditor } from './use-editor.ts'
import { useFirstFocus } from './use-first-focus.ts'

interface PublishDialogProps {
  runbook: RunbookDetail
  draft: Draft
  problems: readonly Problem[]
  close: () => void
}

/** Where to, what changes there, and a word about why, before it becomes what everyone runs. */
export function PublishDialog({ runbook, draft, problems, close }: PublishDialogProps) {
  const api = useApi()
  const first = useFirstFocus<HTMLButtonElement>()
  const client = useQueryClient()
  const [environment, setEnvironment] = useState(runbook.environments[0] ?? 'production')
  const [note, setNote] = useState('')
  const publish = useMutation(
    api.runbooks.publish.mutationOptions({
      onSuccess: async ({ version, warning }) => {
        toast.success(`Version ${version} is live in ${environment}`)
        if (warning) toast.warning('Not all is done yet', { description: warning, duration: 12_000 })
        close()
        await client.invalidateQueries({ queryKey: api.runbooks.pathKey() })
      },
    }),
  )
  const save = useMutation({
    mutationFn: async () => {
      if (!(await draft.saver.flush())) throw new Error('The draft could not be saved, so it was not published.')
      publish.mutate({ name: runbook.name, revision: draft.saver.revision(), environment, note })
    },
  })
  const problem = publish.error ?? save.error
  return (
    <Dialog
      open
      onOpenChange={close}
      size="medium"
      title="Publish this draft?"
      description="From then on the button, the API and the triggers run it. Runs that go on keep the version that they began with."
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button
            variant="primary"
            ref={first}
            busy={save.isPending || publish.isPending}
            onClick={() => save.mutate()}
          >
            {`Publish in ${environment}`}
          </Button>
        </>
      }
    >
      <div className="space-y-4">
        {runbook.environments.length > 1 && (
          <Field label="Environment">
            {(control) => (
              <Select
                {...control}
                className="w-full"
                value={environment}
                onChange={setEnvironment}
                options={runbook.environments.map((name) => ({
                  value: name,
                  label: name,
                  note: liveNote(runbook, name),
                }))}
              />
            )}
          </Field>
        )}
        <Changes runbook={runbook} draft={draft} environment={environment} />
        <Field label="Note" optional hint="What changed and why; the list of versions shows it.">
          {(control) => (
            <TextArea
              {...control}
              className="w-full"
              rows={2}
              maxLength={500}
              value={note}
              onChange={(event) => setNote(event.target.value)}
            />
          )}
        </Field>
        {problems.length > 0 && (
          <div className="rounded-lg bg-inconclusive-tint px-3 py-2 text-inconclusive">
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
          <p role="alert" className="text-abnormal">
            {readProblem(problem).message} {readProblem(problem).fix}
          </p>
        )}
      </div>
    </Dialog>
  )
}

function liveNote({ pointers }: RunbookDetail, environment: string): string {
  const live = pointers.find((pointer) => pointer.environment === environment)
  return live ? `version ${live.version} is live` : 'nothing is live'
}

/** What would be other than what is live there. */
function Changes({ runbook, draft, environment }: { runbook: RunbookDetail; draft: Draft; environment: string }) {
  const api = useApi()
  const document = useEditor(draft.store, (state) => state.document)
  const live = runbook.pointers.find((pointer) => pointer.environment === environment)?.version ?? null
  const version = useQuery(
    api.runbooks.version.queryOptions(
      { name: runbook.name, number: live ?? 1 },
      // Versions never change.
      { enabled: live !== null, staleTime: Infinity },
    ),
  )
  if (live === null) {
    const count = Object.keys(document.nodes).length
    return (
      <p className="text-second">
        Nothing is live in {environment} yet: this is the first, with {count === 1 ? 'one step' : `${count} steps`}.
      </p>
    )
  }
  if (version.isError) return <ErrorState what={`Version ${live} could not be loaded`} error={version.error} />
  if (!version.data) return <LoadingRows rows={2} label="Comparing" />
  const before = documentOf(version.data.source)
  const title = `Compared with version ${live}, which is live in ${environment}`
  return (
    <section aria-label={title}>
      <h3 className="mb-1 text-sm font-medium text-second">{title}</h3>
      {before === null ? (
        <p className="text-second">Version {live} is of an older form and cannot be compared.</p>
      ) : (
        <DiffList
          lines={diffLines(diffRunbooks(before, document))}
          empty="Nothing changes that runs; only positions or comments."
          label={title}
        />
      )}
    </section>
  )
}
