'use client'
/** The one thing that every Diagnose button calls. */
import { useRouter } from 'next/navigation'
import { useMutation } from '@tanstack/react-query'
import { toast } from 'sonner'
import { type Inputs, useApi } from './api.tsx'
import { readProblem } from './problem.ts'

type Asked = Inputs['diagnose']['start']
/** What looks wrong: `{ kind: 'chain', id: 'card-payment' }`. */
export type DiagnoseSubject = Asked['subject']
/** What is known of it beside: symptom, moment, selected time. */
export type DiagnoseAbout = Omit<Asked, 'subject'>

export interface Diagnose {
  /** Starts the diagnosis, or joins the one that goes on, and goes to its report, which fills as the run goes on. */
  start: (subject: DiagnoseSubject, about?: DiagnoseAbout) => void
  busy: boolean
}

/** @example const diagnose = useDiagnose(); diagnose.start({ kind: 'entity', id: 'payment' }) */
export function useDiagnose(): Diagnose {
  const api = useApi()
  const router = useRouter()
  const run = useMutation(
    api.diagnose.start.mutationOptions({
      onSuccess: ({ runId, joined, why }) => {
        if (joined) toast.info('A diagnosis of it goes on already', { description: `This is its report. ${why}` })
        router.push(`/runs/${runId}`)
      },
      onError: (error) => {
        const { code, message, fix } = readProblem(error)
        toast.error('The diagnosis did not start', {
          description: `${message} ${fix}`,
          duration: 10_000,
          ...(code === 'no-fitting-runbook'
            ? { action: { label: 'Coverage', onClick: () => router.push('/coverage') } }
            : {}),
        })
      },
    }),
  )
  return { start: (subject, about = {}) => run.mutate({ subject, ...about }), busy: run.isPending }
}
