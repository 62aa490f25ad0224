'use client'
/** The current time as React state: one timer for the whole page, however many countdowns it shows. */
import { useSyncExternalStore } from 'react'

let current = Date.now()
let timer: ReturnType<typeof setInterval> | null = null
const listeners = new Set<() => void>()

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    current = Date.now()
    for (const each of listeners) each()
  }, 1000)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0 && timer) {
      clearInterval(timer)
      timer = null
    }
  }
}

function read(): number {
  // Without a running timer the last value may be old; the first reader after a pause refreshes it. One that is young stays: React reads twice, and
  // two readings must be equal.
  if (!timer && Date.now() - current >= 1000) current = Date.now()
  return current
}

/** Unix milliseconds, renewed each second. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, read, () => current)
}
