'use client'
import { useMutation } from '@tanstack/react-query'
import { toast } from 'sonner'
import { type Inputs, useApiClient } from '../ui/api.tsx'
import { reportProblem } from '../ui/report-problem.ts'

type Ask = Inputs['reports']['file']

/** Fetches a report as a file and gives it to the browser. @example const file = useReportFile({ runId }); file.download('pdf') */
export function useReportFile(of: Ask['of']): { download: (format: Ask['format']) => void; busy: boolean } {
  const client = useApiClient()
  const fetched = useMutation({
    mutationFn: (format: Ask['format']) => client.reports.file.query({ of, format }),
    onSuccess: ({ name, contentType, base64 }) => {
      saveFile(name, contentType, base64)
      toast.success(`${name} is downloaded`)
    },
    onError: reportProblem('The report was not exported'),
  })
  return { download: (format) => fetched.mutate(format), busy: fetched.isPending }
}

function saveFile(name: string, contentType: string, base64: string): void {
  const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0))
  const url = URL.createObjectURL(new Blob([bytes], { type: contentType }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The browser has taken it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
