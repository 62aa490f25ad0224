'use client'
/** j and k move through the list; the other keys act on the group where they stopped. */
import { useState } from 'react'
import { useShortcut } from '../ui/shortcuts.ts'
import type { AlertGroup, AlertLabel } from './verdict-words.ts'

export interface ListActions {
  expand: (group: AlertGroup) => void
  select: (group: AlertGroup) => void
  label: (group: AlertGroup, label: AlertLabel) => void
  diagnose: (group: AlertGroup) => void
}

/** @returns the key of the group that keys act on; null until one was pressed. */
export function useListKeys(groups: AlertGroup[], actions: ListActions): string | null {
  const [current, setCurrent] = useState<string | null>(null)
  const index = groups.findIndex(({ key }) => key === current)
  const move = (step: 1 | -1) => () => {
    const next = index < 0 ? 0 : Math.min(Math.max(index + step, 0), groups.length - 1)
    setCurrent(groups[next]?.key ?? null)
  }
  const act = (run: (group: AlertGroup) => void) => () => {
    const group = groups[index]
    if (group) run(group)
  }
  const group = 'Alerts'
  useShortcut({ keys: 'j', label: 'Next group', group, run: move(1) })
  useShortcut({ keys: 'k', label: 'Previous group', group, run: move(-1) })
  useShortcut({ keys: 'o', label: 'Show its alerts', group, run: act(actions.expand) })
  // Over the shell's own x, which stops all writes: here it selects, as lists of messages do.
  useShortcut({ keys: 'x', label: 'Select', group, run: act(actions.select) })
  useShortcut({ keys: 'e', label: 'Label noise', group, run: act((one) => actions.label(one, 'noise')) })
  useShortcut({ keys: 'r', label: 'Label real', group, run: act((one) => actions.label(one, 'real')) })
  useShortcut({ keys: 'd', label: 'Diagnose', group, run: act(actions.diagnose) })
  return index < 0 ? null : current
}
