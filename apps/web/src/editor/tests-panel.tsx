'use client'
import { useEffect } from 'react'
import { useMutation } from '@tanstack/react-query'
import { FlaskConical, RotateCw } from 'lucide-react'
import { type Outputs, useApi } from '../ui/api.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Rows } from '../ui/panel.tsx'
import { EmptyState, ErrorState, LoadingRows } from '../ui/states.tsx'

type TestResult = Outputs['tests']['run'][number]

/** The tests of the draft as it is on the canvas: run when opened, each with what it expected and what came. */
export function TestsPanel({
  source,
  count,
  showStep,
  close,
}: {
  /** The draft's text. */
  source: () => string
  /** How many tests it has. */
  count: number
  showStep: (id: string) => void
  close: () => void
}) {
  const api = useApi()
  const { mutate, data, error, isPending } = useMutation(api.tests.run.mutationOptions())
  useEffect(() => {
    if (count > 0) mutate({ source: source() })
    // Once, when it is opened: what is typed meanwhile is behind the dialog.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [])
  const passed = data?.filter((result) => result.passed).length ?? 0
  return (
    <Dialog
      open
      onOpenChange={close}
      size="large"
      title="Tests"
      description="Each runs the draft with recorded data and a fixed clock. Nothing is asked or changed outside."
      footer={
        count > 0 && (
          <Button
            icon={<RotateCw aria-hidden className="size-3.5" />}
            busy={isPending}
            onClick={() => mutate({ source: source() })}
          >
            Run all
          </Button>
        )
      }
    >
      {count === 0 ? (
        <EmptyState icon={<FlaskConical aria-hidden />} title="No tests yet">
          Open a run of this runbook and choose “Save as test”: what its steps saw is recorded, and every later draft is
          held against it.
        </EmptyState>
      ) : error ? (
        <ErrorState what="The tests could not be run" error={error} retry={() => mutate({ source: source() })} />
      ) : !data ? (
        <LoadingRows rows={count} label="Running the tests" />
      ) : (
        <>
          <output className="mb-2 block text-second">
            {passed} of {data.length} passed
          </output>
          <Rows>
            {data.map((result) => (
              <TestRow key={result.name} result={result} showStep={showStep} />
            ))}
          </Rows>
        </>
      )}
    </Dialog>
  )
}

function TestRow({ result, showStep }: { result: TestResult; showStep: (id: string) => void }) {
  const { name, title, passed, failures, run } = result
  return (
    <li className="py-2.5" data-testid={`test-${name}`}>
      <div className="flex items-center gap-2">
        <Badge tone={passed ? 'normal' : 'abnormal'}>{passed ? 'passed' : 'failed'}</Badge>
        <span className="min-w-0 truncate font-medium">{title}</span>
        {title !== name && <code className="font-mono text-xs text-third">{name}</code>}
        {run?.verdict && <span className="ml-auto shrink-0 text-sm text-third">verdict {run.verdict}</span>}
      </div>
      {failures.map(({ message, fix, step }) => (
        <div key={message} className="mt-1.5 flex items-start gap-3 pl-1">
          <p className="min-w-0 flex-1">
            {message} {fix && <span className="text-second">{fix}</span>}
          </p>
          {step && (
            <Button size="small" variant="ghost" onClick={() => showStep(step)}>
              Show step
            </Button>
          )}
        </div>
      ))}
    </li>
  )
}
