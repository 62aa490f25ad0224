'use client'
import { Network, Redo2, Undo2 } from 'lucide-react'
import { IconButton } from '../ui/button.tsx'
import { useCatalogue } from './catalogue-index.ts'
import { tidy } from './edit-commands.ts'
import type { EditorStore } from './editor-store.ts'
import { useEditor } from './use-editor.ts'
import { useFit } from './use-fit.ts'
import { ZoomButtons } from './zoom-buttons.tsx'

/** Undo, layout and zoom, at the canvas' lower left. */
export function CanvasTools({ store, readOnly }: { store: EditorStore; readOnly: boolean }) {
  const { past, future } = useEditor(store)
  const { find } = useCatalogue()
  const fit = useFit()
  const undo = past.at(-1)
  const redo = future.at(-1)
  return (
    <div
      role="toolbar"
      aria-label="Canvas"
      className="absolute bottom-3 left-3 z-10 flex gap-0.5 rounded-lg border border-line bg-panel p-0.5 shadow-rest"
    >
      {!readOnly && (
        <>
          <IconButton
            size="small"
            variant="ghost"
            label={undo ? `Undo: ${undo.label}` : 'Undo'}
            disabledReason={undo ? null : 'Nothing to undo.'}
            onClick={store.undo}
          >
            <Undo2 aria-hidden className="size-3.5" />
          </IconButton>
          <IconButton
            size="small"
            variant="ghost"
            label={redo ? `Redo: ${redo.label}` : 'Redo'}
            disabledReason={redo ? null : 'Nothing to redo.'}
            onClick={store.redo}
          >
            <Redo2 aria-hidden className="size-3.5" />
          </IconButton>
          <IconButton
            size="small"
            variant="ghost"
            label="Tidy the layout (T)"
            onClick={() => {
              tidy(store, find)
              // The cards must be in their new places first.
              requestAnimationFrame(() => fit())
            }}
          >
            <Network aria-hidden className="size-3.5" />
          </IconButton>
        </>
      )}
      <ZoomButtons whole="Show the whole runbook (F)" />
    </div>
  )
}
