'use client'
import { useState } from 'react'
import { useMutation } from '@tanstack/react-query'
import { Play } from 'lucide-react'
import { useApi } from '../ui/api.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field } from '../ui/field.tsx'
import { readProblem } from '../ui/problem.ts'
import { useSession } from '../ui/session.ts'
import type { RunbookDetail } from './runbook-detail.ts'
import { parameterControl } from './schema-fields.ts'
import type { Draft } from './use-draft.ts'
import { useEditor } from './use-editor.ts'
import { ValueControl } from './value-control.tsx'
import { useFirstFocus } from './use-first-focus.ts'

interface RunDialogProps {
  runbook: RunbookDetail
  draft: Draft
  readOnly: boolean
  close: () => void
  started: (runId: string) => void
}

/** Runs the draft as it is on the canvas: asks for its parameters, saves, starts. */
export function RunDialog({ runbook, draft, readOnly, close, started }: RunDialogProps) {
  const api = useApi()
  const first = useFirstFocus<HTMLButtonElement>()
  const { lacks } = useSession()
  const document = useEditor(draft.store, (state) => state.document)
  const [params, setParams] = useState<Record<string, unknown>>({})
  const [dryRun, setDryRun] = useState(false)
  const [unsaved, setUnsaved] = useState(false)
  const start = useMutation(
    api.runs.start.mutationOptions({
      onSuccess: ({ runId }) => {
        started(runId)
        close()
      },
    }),
  )
  const run = async (): Promise<void> => {
    const saved = readOnly || (await draft.saver.flush())
    setUnsaved(!saved)
    if (!saved) return
    start.mutate({ name: runbook.name, params: defined(params), draftRevision: draft.saver.revision(), dryRun })
  }
  const entries = Object.entries(document.params)
  const missing = entries.find(([name, parameter]) => parameter.default === undefined && params[name] === undefined)
  const problem = start.error ? readProblem(start.error) : null
  return (
    <Dialog
      open
      onOpenChange={close}
      title="Run the draft"
      description="It reads live data. Whatever it would change outside still asks for approval where the runbook says so."
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button
            variant="primary"
            ref={first}
            icon={<Play aria-hidden className="size-3.5" />}
            busy={start.isPending}
            disabledReason={lacks('operator') ?? (missing ? `Give "${missing[0]}" first.` : null)}
            onClick={() => void run()}
          >
            {dryRun ? 'Run dry' : 'Run'}
          </Button>
        </>
      }
    >
      <div className="space-y-4">
        {entries.length === 0 && <p className="text-second">It has no parameters.</p>}
        {entries.map(([name, parameter]) => (
          <Field
            key={name}
            label={parameter.title ?? name}
            hint={parameter.description}
            optional={parameter.default !== undefined}
          >
            {(attributes) => (
              <ValueControl
                control={parameterControl(parameter.type)}
                value={params[name]}
                placeholder={parameter.default === undefined ? undefined : `${String(parameter.default)} (default)`}
                attributes={attributes}
                onChange={(value) => setParams((before) => ({ ...before, [name]: value }))}
              />
            )}
          </Field>
        ))}
        <label className="flex items-start gap-2">
          <input
            type="checkbox"
            className="mt-0.5"
            checked={dryRun}
            onChange={(event) => setDryRun(event.target.checked)}
          />
          <span>
            Dry run
            <span className="block text-sm text-second">
              It reads live data, plans each change and judges every guard, and changes nothing. Nobody is asked.
            </span>
          </span>
        </label>
        {unsaved && (
          <p role="alert" className="text-abnormal">
            The draft could not be saved, so it was not run. Look at the chip beside its title.
          </p>
        )}
        {problem && (
          <p role="alert" className="text-abnormal">
            {problem.message} {problem.fix}
          </p>
        )}
      </div>
    </Dialog>
  )
}

function defined(params: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined))
}
