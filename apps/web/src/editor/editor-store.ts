/**
 * The editor's state: the document, what is selected, and the history. React Flow and the panels are views of it.
 *
 * Documents are immutable and share structure, so the history keeps whole documents and a feature never writes undo code.
 */
import type { RunbookDocument } from '@tenon/runbook'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { EdgeKey } from './document-commands.ts'

export interface Selection {
  nodes: readonly string[]
  edges: readonly EdgeKey[]
}

export const nothingSelected: Selection = { nodes: [], edges: [] }

interface Entry {
  document: RunbookDocument
  selection: Selection
  /** What was done, for the undo menu: "Connect". */
  label: string
}

export interface EditorState {
  document: RunbookDocument
  selection: Selection
  past: readonly Entry[]
  future: readonly Entry[]
  /** Changes of one key that follow each other (typing in one field, one drag) are one step of history. */
  coalescing: { key: string; at: number } | null
}

export interface ApplyOptions {
  label: string
  coalesce?: string
  select?: Selection
}

export interface EditorStore extends StoreApi<EditorState> {
  /** Runs a command as one step of history; a command that changes nothing leaves no step. */
  apply(command: (document: RunbookDocument) => RunbookDocument, options: ApplyOptions): void
  undo(): void
  redo(): void
  select(selection: Selection): void
  /** Ends coalescing: the next change of the same key is a step of its own. */
  mark(): void
  /** Another document altogether (loaded from the server): no step of history. */
  load(document: RunbookDocument): void
}

const historyLimit = 500
/** A pause in typing longer than this begins a new step. */
const coalesceMilliseconds = 1500

export function createEditorStore(document: RunbookDocument, now: () => number = Date.now): EditorStore {
  const store = createStore<EditorState>(() => ({
    document,
    selection: nothingSelected,
    past: [],
    future: [],
    coalescing: null,
  }))

  const travel = (from: 'past' | 'future', to: 'past' | 'future'): void => {
    store.setState((state) => {
      const entry = state[from].at(-1)
      if (!entry) return state
      return {
        document: entry.document,
        selection: entry.selection,
        [from]: state[from].slice(0, -1),
        [to]: [...state[to], { document: state.document, selection: state.selection, label: entry.label }],
        coalescing: null,
      }
    })
  }

  return Object.assign(store, {
    apply(command: (document: RunbookDocument) => RunbookDocument, options: ApplyOptions) {
      store.setState((state) => {
        const next = command(state.document)
        if (next === state.document) return options.select ? { selection: options.select } : state
        const at = now()
        const continues =
          options.coalesce !== undefined &&
          state.coalescing?.key === options.coalesce &&
          at - state.coalescing.at < coalesceMilliseconds
        const entry: Entry = { document: state.document, selection: state.selection, label: options.label }
        return {
          document: next,
          selection: options.select ?? existing(state.selection, next),
          past: continues ? state.past : [...state.past, entry].slice(-historyLimit),
          future: [],
          coalescing: options.coalesce === undefined ? null : { key: options.coalesce, at },
        }
      })
    },
    undo: () => travel('past', 'future'),
    redo: () => travel('future', 'past'),
    select: (selection: Selection) => store.setState({ selection }),
    mark: () => store.setState({ coalescing: null }),
    load: (loaded: RunbookDocument) =>
      store.setState({ document: loaded, selection: nothingSelected, past: [], future: [], coalescing: null }),
  })
}

/** What of a selection is still in the document. */
function existing(selection: Selection, document: RunbookDocument): Selection {
  const nodes = selection.nodes.filter((id) => id in document.nodes)
  const edges = selection.edges.filter((edge) =>
    document.edges.some((present) => present.from === edge.from && present.on === edge.on && present.to === edge.to),
  )
  return nodes.length === selection.nodes.length && edges.length === selection.edges.length
    ? selection
    : { nodes, edges }
}
