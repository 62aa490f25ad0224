'use client'
/** The draft of an open editor: the document store, and saving it by itself. */
import { useEffect, useState } from 'react'
import * as z from 'zod'
import { useApiClient } from '../ui/api.tsx'
import { readProblem } from '../ui/problem.ts'
import { createDraftSaver, type DraftSaver, type SaveAnswer } from './draft-saver.ts'
import { createDraftText, type DraftText } from './draft-text.ts'
import { createEditorStore, type EditorStore } from './editor-store.ts'
import { emptyDocument } from './new-runbook.ts'
import type { RunbookDetail } from './runbook-detail.ts'

export interface Draft {
  store: EditorStore
  saver: DraftSaver
  text: DraftText
}

export function useDraft(runbook: RunbookDetail, readOnly: boolean): Draft {
  const client = useApiClient()
  const [draft] = useState((): Draft => {
    // A draft that is not a document (somebody saved broken text over the API) is opened as its text.
    const store = createEditorStore(runbook.document ?? emptyDocument(runbook.name, runbook.title))
    const saver = createDraftSaver({
      revision: runbook.draft.revision,
      source: runbook.draft.source,
      savedAt: Date.parse(runbook.draft.savedAt),
      save: async ({ baseRevision, source }): Promise<SaveAnswer> => {
        try {
          const saved = await client.runbooks.saveDraft.mutate({ name: runbook.name, baseRevision, source })
          return { kind: 'saved', revision: saved.revision, at: Date.parse(saved.savedAt) }
        } catch (error) {
          return refusal(error)
        }
      },
    })
    return { store, saver, text: createDraftText(runbook.draft.source, runbook.document) }
  })
  useEffect(() => {
    if (readOnly) return
    let last = draft.store.getState().document
    const stop = draft.store.subscribe(({ document }) => {
      if (document === last) return
      last = document
      draft.saver.change(() => draft.text.of(document))
    })
    const warn = (event: BeforeUnloadEvent): void => {
      if (draft.saver.getState().state !== 'saved') event.preventDefault()
    }
    addEventListener('beforeunload', warn)
    return () => {
      stop()
      removeEventListener('beforeunload', warn)
      // Going to another page of ours must not lose the last second of work.
      void draft.saver.flush()
      draft.saver.stop()
    }
  }, [draft, readOnly])
  const { revision, savedAt, source } = runbook.draft
  const { document } = runbook
  useEffect(() => {
    // Someone saved while nothing here was unsaved: what they made is shown. As one step of history, so that it can be looked back at.
    if (!document) return
    if (!draft.saver.adopt({ revision, source, at: Date.parse(savedAt) })) return
    draft.text.set(source, document)
    draft.store.apply(() => document, { label: 'Newer draft' })
  }, [draft, revision, savedAt, source, document])
  return draft
}

/** Of a 409 the server sends the newer draft along. */
const conflict = z.object({
  data: z.object({
    problem: z.object({
      code: z.literal('draft-conflict'),
      detail: z.object({ revision: z.number(), source: z.string(), savedBy: z.string() }),
    }),
  }),
})

function refusal(error: unknown): SaveAnswer {
  const parsed = conflict.safeParse(error)
  if (parsed.success) return { kind: 'conflict', ...parsed.data.data.problem.detail }
  const { message, fix } = readProblem(error)
  return { kind: 'failed', message: `${message} ${fix}` }
}
