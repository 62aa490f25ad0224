'use client'
import { useCallback, useMemo } from 'react'
import { useRouter, useSearchParams } from 'next/navigation'
import { type AlertFilter, filterAddress, readFilter } from './alert-filter.ts'

export function useAlertFilter(): AlertFilter & { change: (part: Partial<AlertFilter>) => void } {
  const params = useSearchParams()
  const router = useRouter()
  const filter = useMemo(() => readFilter(params), [params])
  const change = useCallback(
    (part: Partial<AlertFilter>) => router.replace(filterAddress({ ...filter, ...part }), { scroll: false }),
    [router, filter],
  )
  return { ...filter, change }
}
