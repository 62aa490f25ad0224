'use client'
import Link from 'next/link'
import { useMutation } from '@tanstack/react-query'
import { Stethoscope } from 'lucide-react'
import { type Outputs, useApi } from '../ui/api.tsx'
import { Badge, StateMark } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { plural } from '../ui/figures.ts'
import { Rows } from '../ui/panel.tsx'
import { reportProblem } from '../ui/report-problem.ts'
import { serviceAddress } from './hit-address.ts'

type Validation = Outputs['model']['validate']
const marks = {
  answers: { tone: 'normal', word: 'answers' },
  'no-data': { tone: 'inconclusive', word: 'no data' },
  refused: { tone: 'abnormal', word: 'refused' },
} as const

/** Asks the sources whether each measure of a saved file finds anything: a selector that matches nothing is a mistake that no schema finds. */
export function ValidateFile({ path, reason }: { path: string; reason: string | null }) {
  const api = useApi()
  const validate = useMutation(
    api.model.validate.mutationOptions({ onError: reportProblem('The sources could not be asked') }),
  )
  return (
    <>
      <Button
        size="small"
        icon={<Stethoscope aria-hidden className="size-3.5" />}
        busy={validate.isPending}
        disabledReason={reason}
        onClick={() => validate.mutate({ path })}
      >
        Ask the sources
      </Button>
      {validate.data && <Result path={path} result={validate.data} close={() => validate.reset()} />}
    </>
  )
}

function Result({ path, result: { checks, left }, close }: { path: string; result: Validation; close: () => void }) {
  const silent = checks.filter(({ state }) => state !== 'answers')
  // What is wrong stands first.
  const ordered = [...silent, ...checks.filter(({ state }) => state === 'answers')]
  return (
    <Dialog
      open
      onOpenChange={close}
      size="large"
      title={`What the sources say of ${path}`}
      description={
        <>
          {plural(checks.length, 'measure')} asked for the last hour.
          {left > 0 && ` ${left.toLocaleString('en-GB')} more were not asked: there are too many.`}
        </>
      }
    >
      {checks.length === 0 ? (
        <p className="text-second">The file has no measures.</p>
      ) : (
        <>
          <p className="mb-2">
            {silent.length === 0 ? (
              <Badge tone="normal">all answer</Badge>
            ) : (
              <Badge tone="inconclusive">{silent.length} without data</Badge>
            )}
          </p>
          <Rows>
            {ordered.map((check) => (
              <li key={check.measure} className="flex gap-2 py-1.5">
                <StateMark tone={marks[check.state].tone} label={marks[check.state].word} />
                <div className="min-w-0">
                  <Link href={serviceAddress(check.measure)} className="font-mono text-sm hover:underline">
                    {check.measure}
                  </Link>
                  {check.state !== 'answers' && <p className="text-sm text-second">{check.message}</p>}
                  {check.state === 'refused' && <p className="text-sm text-second">{check.fix}</p>}
                  {check.state !== 'answers' && check.expression && (
                    <code className="block font-mono text-xs break-all text-third">{check.expression}</code>
                  )}
                </div>
              </li>
            ))}
          </Rows>
        </>
      )}
    </Dialog>
  )
}
