import type { ChangeRecord } from '@tenon/db'

/** A change with ISO 8601 times, as the API gives it. */
export type ChangeView = Omit<ChangeRecord, 'startedAt' | 'endedAt'> & { startedAt: string; endedAt: string | null }

export function changeView(change: ChangeRecord): ChangeView {
  return {
    ...change,
    startedAt: new Date(change.startedAt).toISOString(),
    endedAt: change.endedAt === null ? null : new Date(change.endedAt).toISOString(),
  }
}
