'use client'
import { type RefObject, useEffect, useRef } from 'react'

/** Where the keyboard begins on a page that is one form. */
export function useFirstFocus<Target extends HTMLElement>(): RefObject<Target | null> {
  const target = useRef<Target>(null)
  useEffect(() => target.current?.focus(), [])
  return target
}
