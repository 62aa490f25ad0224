'use client'
/** How runs of the runbook get along with each other and with the machine. */
import { compileDocument, expressGivesUp, qualifiesForExpress, type RunbookDocument } from '@tenon/runbook'
import { useMemo } from 'react'
import { Field, Input, Select } from '../ui/field.tsx'
import { useCatalogue } from './catalogue-index.ts'
import type { RunbookSettings } from './document-commands.ts'

export function ExecutionSection({
  document,
  set,
}: {
  document: RunbookDocument
  set: (settings: RunbookSettings, label: string) => void
}) {
  const { concurrency } = document
  return (
    <>
      <Field label="Runs at the same time">
        {(control) => (
          <Select
            {...control}
            value={concurrency?.policy ?? 'free'}
            onChange={(policy) =>
              set(
                { concurrency: policy === 'free' ? undefined : { key: concurrency?.key ?? '', policy } },
                'Edit concurrency',
              )
            }
            options={[
              { value: 'free', label: 'As many as are started' },
              { value: 'queue', label: 'One after the other' },
              { value: 'drop', label: 'One; others are dropped' },
              { value: 'replace', label: 'One; a new one replaces it' },
              { value: 'join', label: 'One; others join it' },
            ]}
          />
        )}
      </Field>
      {concurrency && (
        <Field label="Told apart by" optional hint="Runs whose keys differ do not wait for each other.">
          {(control) => (
            <Input
              {...control}
              className="font-mono text-sm"
              spellCheck={false}
              placeholder="${params.chain}"
              value={concurrency.key}
              onChange={(event) =>
                set({ concurrency: { ...concurrency, key: event.target.value } }, 'Edit concurrency')
              }
            />
          )}
        </Field>
      )}
      <Field label="Priority" hint="Which runs get a free worker first.">
        {(control) => (
          <Select
            {...control}
            value={document.priority}
            onChange={(priority) => set({ priority }, 'Edit priority')}
            options={[
              { value: 'low', label: 'Low' },
              { value: 'normal', label: 'Normal' },
              { value: 'high', label: 'High' },
            ]}
          />
        )}
      </Field>
      <Express document={document} set={set} />
    </>
  )
}

/** Offered where it is possible; elsewhere the reasons stand in its place. */
function Express({ document, set }: Parameters<typeof ExecutionSection>[0]) {
  const { catalogue } = useCatalogue()
  const answer = useMemo(() => {
    const compiled = compileDocument({ ...document, express: false }, catalogue)
    return compiled.ok ? qualifiesForExpress(compiled.plan) : null
  }, [document, catalogue])
  const reasons = answer?.ok === false ? answer.reasons : []
  const hint = reasons.length > 0 ? `Not possible: ${reasons[0]}` : expressGivesUp
  return (
    <Field label="Express" hint={hint}>
      {(control) => (
        <label className="flex h-8 items-center gap-2">
          <input
            {...control}
            type="checkbox"
            className="size-4 accent-accent"
            data-testid="express"
            // One that is on can always be turned off.
            disabled={!document.express && answer?.ok !== true}
            checked={document.express}
            onChange={(event) => set({ express: event.target.checked }, 'Edit express')}
          />
          <span>Run in one process, for many short runs</span>
        </label>
      )}
    </Field>
  )
}
