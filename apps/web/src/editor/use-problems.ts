'use client'
import { useDeferredValue, useMemo } from 'react'
import { type Problem, validateRunbook } from '@tenon/runbook'
import { useCatalogue } from './catalogue-index.ts'
import type { EditorStore } from './editor-store.ts'
import { useEditor } from './use-editor.ts'

/** What the compiler says of the document as it is: the same code as the server's. Typing goes before it. */
export function useProblems(store: EditorStore): Problem[] {
  const { catalogue } = useCatalogue()
  const document = useDeferredValue(useEditor(store, (state) => state.document))
  return useMemo(() => validateRunbook(document, catalogue), [document, catalogue])
}

export const errorsOf = (problems: readonly Problem[]): Problem[] =>
  problems.filter(({ severity }) => severity === 'error')
