'use client'
/** Where the keyboard is, so that Ctrl-A in a text field selects its text and on the canvas selects steps. */
import { useSyncExternalStore } from 'react'

/** `fields`: a text field of the document (undo there is the document's undo). `elsewhere`: another text field or a dialog. */
export type FocusPlace = 'canvas' | 'fields' | 'elsewhere'

export function focusPlace(focused: Element | null): FocusPlace {
  if (!focused) return 'canvas'
  if (focused.closest('[role="dialog"]')) return 'elsewhere'
  const writes =
    focused instanceof HTMLElement && (focused.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(focused.tagName))
  if (!writes) return 'canvas'
  return focused.closest('[data-document-fields]') ? 'fields' : 'elsewhere'
}

function subscribe(listener: () => void): () => void {
  // Focus events tell of the move before it is done when an element goes away; one microtask later it is.
  const later = (): void => queueMicrotask(listener)
  addEventListener('focusin', later)
  addEventListener('focusout', later)
  return () => {
    removeEventListener('focusin', later)
    removeEventListener('focusout', later)
  }
}

export function useFocusPlace(): FocusPlace {
  return useSyncExternalStore(
    subscribe,
    () => focusPlace(globalThis.document.activeElement),
    () => 'canvas',
  )
}
