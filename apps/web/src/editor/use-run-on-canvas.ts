'use client'
import { useEffect } from 'react'
import { useQuery } from '@tanstack/react-query'
import { useApi } from '../ui/api.tsx'
import type { RunDetail, RunOverlay } from './run-overlay.ts'

/** Follows a run and shows its steps on the cards. Live events bring changes; the interval is for when they are away. */
export function useRunOnCanvas(
  runId: string | null,
  overlay: RunOverlay,
): { run: RunDetail | undefined; error: unknown } {
  const api = useApi()
  const run = useQuery(
    api.runs.get.queryOptions(
      { id: runId ?? '' },
      { enabled: runId !== null, refetchInterval: ({ state }) => (state.data?.status === 'running' ? 3_000 : false) },
    ),
  )
  useEffect(() => {
    if (runId === null || !run.data) overlay.clear()
    else overlay.show(run.data.steps)
  }, [runId, run.data, overlay])
  return { run: runId === null ? undefined : run.data, error: run.error }
}
