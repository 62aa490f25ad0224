'use client'
/** Live updates: the server says what changed, and the queries that show it are asked again. */
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'
import { useQueryClient } from '@tanstack/react-query'
import * as z from 'zod'
import { useApi } from './api.tsx'
import { useSession } from './session.ts'

export type LiveState = { state: 'connecting' } | { state: 'live' } | { state: 'offline'; since: number }

const LiveContext = createContext<LiveState>({ state: 'connecting' })

/** @example const live = useLive(); if (live.state === 'offline') ... */
export function useLive(): LiveState {
  return useContext(LiveContext)
}

const changed = z.object({
  topic: z.enum([
    'run',
    'approval',
    'action',
    'change',
    'inbox',
    'runbook',
    'inbound',
    'backtest',
    'model',
    'proposal',
    'view',
    'alert',
  ]),
  id: z.string().optional(),
})
type Topic = z.infer<typeof changed>['topic']

/** Many steps may end in one moment; one refetch then shows them all. */
const settleMs = 120

export function LiveProvider({ children }: { children: ReactNode }) {
  const [live, setLive] = useState<LiveState>({ state: 'connecting' })
  const invalidate = useInvalidate()
  const signedIn = useSession().state === 'signed-in'

  useEffect(() => {
    if (!signedIn) return
    const topics = new Set<Topic>()
    let timer: ReturnType<typeof setTimeout> | null = null
    let wasLost = false
    const source = new EventSource('/api/live')
    source.addEventListener('open', () => {
      setLive({ state: 'live' })
      // Whatever happened while nobody listened is unknown: ask for everything again.
      if (wasLost) invalidate(null)
      wasLost = false
    })
    source.addEventListener('error', () => {
      wasLost = true
      setLive((before) => (before.state === 'offline' ? before : { state: 'offline', since: Date.now() }))
    })
    source.addEventListener('changed', (event: MessageEvent<string>) => {
      const message = changed.safeParse(parseJson(event.data))
      if (!message.success) return
      topics.add(message.data.topic)
      timer ??= setTimeout(() => {
        timer = null
        for (const topic of topics) invalidate(topic)
        topics.clear()
      }, settleMs)
    })
    return () => {
      source.close()
      if (timer) clearTimeout(timer)
    }
  }, [invalidate, signedIn])

  return <LiveContext value={live}>{children}</LiveContext>
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // A newer server may send other text; what is not understood invalidates nothing.
    return null
  }
}

/** Marks the queries of a topic (null: all) as out of date; those on screen are asked again at once. */
function useInvalidate(): (topic: Topic | null) => void {
  const api = useApi()
  const client = useQueryClient()
  const [invalidate] = useState(() => (topic: Topic | null) => {
    if (topic === null) {
      void client.invalidateQueries()
      return
    }
    const touched: Record<Topic, { pathKey: () => readonly unknown[] }[]> = {
      run: [api.runs, api.runbooks, api.approvals, api.now],
      approval: [api.approvals, api.runs, api.now],
      action: [api.actions, api.runs, api.writes, api.now],
      change: [api.changes, api.now],
      inbox: [api.inbox],
      runbook: [api.runbooks, api.triggers, api.now],
      inbound: [api.triggers],
      backtest: [api.backtests],
      model: [api.model, api.data, api.catalogue],
      proposal: [api.model],
      view: [api.views],
      alert: [api.alerts],
    }
    for (const router of touched[topic]) void client.invalidateQueries({ queryKey: router.pathKey() as unknown[] })
  })
  return invalidate
}
