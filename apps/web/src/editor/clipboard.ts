/** Steps on the system's clipboard, as text: they can be pasted into another runbook, another window, or a chat. */
import { useEffect } from 'react'
import { toast } from 'sonner'
import { runbookDocument } from '@tenon/runbook'
import * as z from 'zod'
import { copyFragment, type Fragment } from './document-commands.ts'
import { paste, removeSelected } from './edit-commands.ts'
import type { EditorStore } from './editor-store.ts'
import { focusPlace } from './focus-place.ts'

const clipping = z.object({
  'tenon-steps': z.literal(1),
  ...runbookDocument.pick({ nodes: true, edges: true, layout: true }).shape,
})

export function writeClipping({ nodes, edges, layout }: Fragment): string {
  return JSON.stringify({ 'tenon-steps': 1, nodes, edges, layout }, null, 1)
}

/** The steps in a pasted text; null when it holds none. */
export function readClipping(text: string): Fragment | null {
  try {
    const parsed = clipping.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : null
  } catch {
    // Any other text on the clipboard is not meant for the canvas.
    return null
  }
}

/** Copy, cut and paste while the canvas has the keyboard. */
export function useClipboard(store: EditorStore, on: boolean): void {
  useEffect(() => {
    if (!on) return
    const mine = (): boolean => focusPlace(document.activeElement) === 'canvas' && String(getSelection()) === ''
    const copy = (event: ClipboardEvent): void => {
      const { document: runbook, selection } = store.getState()
      if (!mine() || selection.nodes.length === 0) return
      event.preventDefault()
      event.clipboardData?.setData('text/plain', writeClipping(copyFragment(runbook, selection.nodes)))
      toast(`${selection.nodes.length === 1 ? 'One step' : `${selection.nodes.length} steps`} copied`)
      if (event.type === 'cut') removeSelected(store)
    }
    const pasteSteps = (event: ClipboardEvent): void => {
      if (focusPlace(document.activeElement) !== 'canvas') return
      const fragment = readClipping(event.clipboardData?.getData('text/plain') ?? '')
      if (!fragment) return
      event.preventDefault()
      paste(store, fragment)
    }
    document.addEventListener('copy', copy)
    document.addEventListener('cut', copy)
    document.addEventListener('paste', pasteSteps)
    return () => {
      document.removeEventListener('copy', copy)
      document.removeEventListener('cut', copy)
      document.removeEventListener('paste', pasteSteps)
    }
  }, [store, on])
}
