import { useStore } from 'zustand'
import type { EditorState, EditorStore } from './editor-store.ts'

/** The editor's whole state; renders on each change. Panels that need a part only take a selector. */
export function useEditor(store: EditorStore): EditorState
export function useEditor<Part>(store: EditorStore, select: (state: EditorState) => Part): Part
export function useEditor<Part>(store: EditorStore, select?: (state: EditorState) => Part): Part | EditorState {
  return useStore(store, select ?? ((state: EditorState) => state as unknown as Part))
}
