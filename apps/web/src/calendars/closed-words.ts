/** When a calendar is closed, in words. Pure. */
import type { Outputs } from '../ui/api.tsx'

export type Calendar = Outputs['calendars']['list']['calendars'][number]

const dayNames = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

/** @example closedWords({ kind: 'weekly', days: [5], from: '22:00', to: '06:00' }) // 'Fri 22:00 to 06:00 of the next day' */
export function closedWords(when: Calendar['closed'][number]): string {
  switch (when.kind) {
    case 'weekly': {
      const days =
        when.days.length === 7 ? 'every day' : when.days.map((day) => dayNames[day - 1] ?? String(day)).join(', ')
      return `${days} ${when.from} to ${when.to}${when.from < when.to ? '' : ' of the next day'}`
    }
    case 'dates':
      return `${when.from.replace('T', ' ')} to ${when.to.replace('T', ' ')}`
  }
}

/** What it holds for: "all actions", or what is listed. */
export function appliesWords({ targets, kinds, runbooks }: Calendar['appliesTo']): string {
  const parts = [...kinds, ...targets, ...runbooks]
  return parts.length === 0 ? 'all actions' : parts.join(', ')
}
