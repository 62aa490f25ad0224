'use client'
/** Keyboard shortcuts: one list that the keys, the `?` sheet and the command palette read. */
import { useEffect, useRef, useSyncExternalStore } from 'react'

export interface Shortcut {
  /** One key ("d", "?") or two in turn ("g n"). `mod+` is Cmd on a Mac and Ctrl elsewhere. */
  keys: string
  label: string
  group: string
  run: () => void
}

const registered = new Set<Shortcut>()
const listeners = new Set<() => void>()
let snapshot: Shortcut[] = []
/** The first key of a pair, and when it was pressed. */
let first: { key: string; at: number } | null = null

function publish(): void {
  snapshot = [...registered]
  for (const listener of listeners) listener()
}

/** Whether the person is writing, so that letters are letters. */
function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || event.altKey) return
  const mod = event.metaKey || event.ctrlKey
  const key = event.key.toLowerCase()
  if (mod) return runFirst(`mod+${key}`, event)
  if (isWriting(event.target) || document.querySelector('[role="dialog"]')) return
  const pair = first && event.timeStamp - first.at < 1200 ? `${first.key} ${key}` : null
  first = { key, at: event.timeStamp }
  if (pair && has(pair)) return runFirst(pair, event)
  runFirst(key, event)
}

function has(keys: string): boolean {
  return snapshot.some((shortcut) => shortcut.keys === keys)
}

function runFirst(keys: string, event: KeyboardEvent): void {
  // The latest registered wins: a page's own key goes before the shell's.
  const shortcut = snapshot.findLast((each) => each.keys === keys)
  if (!shortcut) return
  event.preventDefault()
  first = null
  shortcut.run()
}

/** Binds keys while the component is shown; null binds nothing. @example useShortcut({ keys: 'd', label: 'Diagnose', group: 'Now', run }) */
export function useShortcut(shortcut: Shortcut | null): void {
  const latest = useRef(shortcut)
  useEffect(() => {
    latest.current = shortcut
  })
  const { keys, label, group } = shortcut ?? { keys: '', label: '', group: '' }
  useEffect(() => {
    if (!keys) return
    const entry: Shortcut = { keys, label, group, run: () => latest.current?.run() }
    registered.add(entry)
    if (registered.size === 1) addEventListener('keydown', onKeyDown)
    publish()
    return () => {
      registered.delete(entry)
      if (registered.size === 0) removeEventListener('keydown', onKeyDown)
      publish()
    }
  }, [keys, label, group])
}

const none: Shortcut[] = []

/** Every shortcut that works on this page now. */
export function useShortcuts(): Shortcut[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => snapshot,
    () => none,
  )
}
