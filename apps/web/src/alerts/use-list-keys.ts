'use client'
/** j and k move through the list; the other keys act on the group where they stopped. */
import { useState } from 'react'
import { useShortcut } from '../ui/shortcuts.ts'
import type { RowActions } from './group-row.tsx'
import type { AlertGroup, AlertLabel } from './verdict-words.ts'

/** @returns the key of the group that keys act on; null until one was pressed. */
export function useListKeys(groups: AlertGroup[], actions: RowActions): string | null {
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
  const labelled = (label: AlertLabel) => (one: AlertGroup) => actions.label(one, one.label === label ? null : label)
  const group = 'Alerts'
  useShortcut({ keys: 'j', label: 'Next group', group, run: move(1) })
  useShortcut({ keys: 'k', label: 'Previous group', group, run: move(-1) })
  useShortcut({ keys: 'o', label: 'Show its alerts', group, run: act(actions.expand) })
  // Over the shell's own x, which stops all writes: here it selects, as lists of messages do.
  useShortcut({ keys: 'x', label: 'Select', group, run: act(actions.select) })
  useShortcut({ keys: 'e', label: 'Label noise', group, run: act(labelled('noise')) })
  useShortcut({ keys: 'r', label: 'Label real', group, run: act(labelled('real')) })
  useShortcut({ keys: 'd', label: 'Diagnose', group, run: act(actions.diagnose) })
  return index < 0 ? null : current
}
