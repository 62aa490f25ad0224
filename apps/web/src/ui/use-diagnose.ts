'use client'
import { useRouter } from 'next/navigation'
import { useMutation } from '@tanstack/react-query'
import { toast } from 'sonner'
import { useApi } from './api.tsx'
import { reportProblem } from './report-problem.ts'

/** Starts the diagnosis of a chain and goes to its report, which fills as the run goes on. */
export function useDiagnose(): {
  start: (chain: { id: string; title: string; runbook: string | null }) => void
  busy: boolean
} {
  const api = useApi()
  const router = useRouter()
  const run = useMutation(
    api.runs.start.mutationOptions({
      onSuccess: ({ runId }) => router.push(`/runs/${runId}`),
      onError: reportProblem('The diagnosis did not start'),
    }),
  )
  return {
    start: (chain) => {
      if (chain.runbook) run.mutate({ name: chain.runbook, params: { chain: chain.id } })
      else
        toast.error(`No published runbook diagnoses ${chain.title}`, {
          description: 'Publish a runbook with a parameter of type chain.',
          action: { label: 'Runbooks', onClick: () => router.push('/runbooks') },
        })
    },
    busy: run.isPending,
  }
}
