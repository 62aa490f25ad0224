'use client'
/** Which zone times are shown in: this browser's or UTC. Kept in this browser. */
import { useSyncExternalStore } from 'react'
import type { Zone } from './time-format.ts'

const key = 'tenon-zone'
const listeners = new Set<() => void>()

function read(): Zone {
  return localStorage.getItem(key) === 'utc' ? 'utc' : 'browser'
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function setZone(zone: Zone): void {
  localStorage.setItem(key, zone)
  for (const listener of listeners) listener()
}

/** @example formatTime(at, now, useZone()) */
export function useZone(): Zone {
  return useSyncExternalStore(subscribe, read, () => 'browser' as const)
}
