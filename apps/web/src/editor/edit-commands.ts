'use client'
/** What the keyboard does to the graph. One list: the keys and the sheet of shortcuts read it. */
import { createElement, Fragment, type ReactElement, useEffect } from 'react'
import type { NodeType } from '@tenon/runbook'
import { useShortcut, type Shortcut } from '../ui/shortcuts.ts'
import { heightOfNode } from './card-geometry.ts'
import { useCatalogue } from './catalogue-index.ts'
import {
  copyFragment,
  disconnect,
  moveNodes,
  pasteFragment,
  removeNodes,
  type Fragment as Piece,
} from './document-commands.ts'
import { type EditorStore, nothingSelected } from './editor-store.ts'
import { useFocusPlace } from './focus-place.ts'
import { tidyLoops } from './tidy-loops.ts'
import { useFit } from './use-fit.ts'

const pasteOffset = { x: 40, y: 40 }

/** @returns an element that binds the keys; render it. */
export function useEditCommands(store: EditorStore, enabled: boolean): ReactElement {
  const fit = useFit()
  const { find } = useCatalogue()
  const place = useFocusPlace()
  const history: Command[] = [
    { keys: 'mod+z', label: 'Undo', run: () => store.undo() },
    { keys: 'mod+y', label: 'Redo (or Shift with the undo key)', run: () => store.redo() },
  ]
  const onCanvas: Command[] = [
    { keys: 'delete', label: 'Delete what is selected', run: () => removeSelected(store) },
    { keys: 'backspace', label: 'Delete what is selected', run: () => removeSelected(store) },
    { keys: 'mod+d', label: 'Duplicate steps', run: () => duplicate(store) },
    {
      keys: 'mod+a',
      label: 'Select all steps',
      run: () => store.select({ nodes: Object.keys(store.getState().document.nodes), edges: [] }),
    },
    { keys: 't', label: 'Tidy the layout', run: () => tidy(store, find) },
    {
      keys: 'f',
      label: 'Fit the graph into view',
      run: () => fit(),
    },
    { keys: 'escape', label: 'Select nothing', run: () => store.select(nothingSelected) },
  ]
  // Undo in a field of the document is the document's undo; in any other text field it is the field's, as are the rest in all.
  const undoes = enabled && place !== 'elsewhere'
  useRedoByShift(store, undoes)
  return createElement(Fragment, null, bind(history, undoes), bind(onCanvas, enabled && place === 'canvas'))
}

type Command = Omit<Shortcut, 'group'>

const bind = (commands: Command[], on: boolean): ReactElement[] =>
  commands.map((entry) =>
    createElement(Binding, { key: entry.keys, shortcut: on ? { ...entry, group: 'Editor' } : null }),
  )

/** The list of shortcuts does not tell Shift apart, so that Shift with the undo key would undo. */
function useRedoByShift(store: EditorStore, on: boolean): void {
  useEffect(() => {
    if (!on) return
    const redo = (event: KeyboardEvent): void => {
      if (!(event.metaKey || event.ctrlKey) || !event.shiftKey || event.key.toLowerCase() !== 'z') return
      event.preventDefault()
      store.redo()
    }
    addEventListener('keydown', redo, { capture: true })
    return () => removeEventListener('keydown', redo, { capture: true })
  }, [store, on])
}

function Binding({ shortcut }: { shortcut: Shortcut | null }): null {
  useShortcut(shortcut)
  return null
}

export function removeSelected(store: EditorStore): void {
  const { nodes, edges } = store.getState().selection
  if (nodes.length + edges.length === 0) return
  store.apply((before) => removeNodes(disconnect(before, edges), nodes), { label: 'Delete', select: nothingSelected })
}

/** Columns by longest path; cards as high as they are drawn, loops as large as what is in them. */
export function tidy(store: EditorStore, find: (type: string) => NodeType | undefined): void {
  store.apply(
    (before) =>
      moveNodes(
        before,
        tidyLoops(before, (node) => heightOfNode(node, find(node.type))),
      ),
    {
      label: 'Tidy',
    },
  )
}

function duplicate(store: EditorStore): void {
  const { document, selection } = store.getState()
  if (selection.nodes.length > 0) paste(store, copyFragment(document, selection.nodes))
}

/** Adds steps beside where they were, and selects them. */
export function paste(store: EditorStore, piece: Piece): void {
  const { document, ids } = pasteFragment(store.getState().document, piece, pasteOffset)
  store.apply(() => document, { label: 'Paste', select: { nodes: ids, edges: [] } })
}
