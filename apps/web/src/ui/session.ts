'use client'
/** Who is signed in and what that role may do. The server decides; this only keeps buttons honest. */
import { useQuery } from '@tanstack/react-query'
import { useApi } from './api.tsx'

const ranks = ['viewer', 'operator', 'editor', 'admin'] as const
export type Role = (typeof ranks)[number]

export interface SessionView {
  state: 'loading' | 'signed-in' | 'signed-out'
  user: { id: string; name: string; email: string; role: string } | null
  /** Why a person of this role may not do it; null when they may. @example disabledReason={lacks('operator')} */
  lacks: (needed: Role) => string | null
}

export function useSession(): SessionView {
  const api = useApi()
  const me = useQuery(api.session.me.queryOptions(undefined, { staleTime: 60_000 }))
  const user = me.data ?? null
  const rank = ranks.findIndex((role) => role === user?.role)
  return {
    state: user ? 'signed-in' : me.data === null ? 'signed-out' : 'loading',
    user,
    lacks: (needed) =>
      rank >= ranks.indexOf(needed) ? null : `This needs the role ${needed}; you are ${user?.role ?? 'not signed in'}.`,
  }
}
