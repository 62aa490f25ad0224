'use client'
import { type RefObject, useEffect, useRef } from 'react'

/** Where the keyboard begins in a dialog. One frame later than the dialog's own choice, which is its close button. */
export function useFirstFocus<Target extends HTMLElement>(): RefObject<Target | null> {
  const target = useRef<Target>(null)
  useEffect(() => {
    const frame = requestAnimationFrame(() => requestAnimationFrame(() => target.current?.focus()))
    return () => cancelAnimationFrame(frame)
  }, [])
  return target
}
