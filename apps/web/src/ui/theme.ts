'use client'
/** The theme: what the person chose, and what is shown. `public/theme.js` applies it before the first paint. */
import { useSyncExternalStore } from 'react'

export type ThemeChoice = 'system' | 'light' | 'dark'

const key = 'tenon-theme'
const listeners = new Set<() => void>()

function readChoice(): ThemeChoice {
  const stored = localStorage.getItem(key)
  return stored === 'light' || stored === 'dark' ? stored : 'system'
}

function isDark(): boolean {
  const choice = readChoice()
  return choice === 'dark' || (choice === 'system' && matchMedia('(prefers-color-scheme: dark)').matches)
}

function apply(): void {
  document.documentElement.classList.toggle('dark', isDark())
  for (const listener of listeners) listener()
}

/** Keeps the choice in this browser and shows it at once, in other tabs too. */
export function setTheme(choice: ThemeChoice): void {
  if (choice === 'system') localStorage.removeItem(key)
  else localStorage.setItem(key, choice)
  apply()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  const system = matchMedia('(prefers-color-scheme: dark)')
  system.addEventListener('change', apply)
  addEventListener('storage', apply)
  return () => {
    listeners.delete(listener)
    system.removeEventListener('change', apply)
    removeEventListener('storage', apply)
  }
}

/** @example const { choice, dark } = useTheme() */
export function useTheme(): { choice: ThemeChoice; dark: boolean } {
  const choice = useSyncExternalStore(subscribe, readChoice, () => 'system' as const)
  const dark = useSyncExternalStore(subscribe, isDark, () => false)
  return { choice, dark }
}
