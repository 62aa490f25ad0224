'use client'
import { useState } from 'react'
import { useStore } from 'zustand'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { changeSummary } from './change-summary.ts'
import { documentOf, type Draft } from './use-draft.ts'
import { useEditor } from './use-editor.ts'

/** Somebody else saved meanwhile: shows how the two differ, and lets the person choose. Nothing is overwritten before that. */
export function ConflictDialog({ draft }: { draft: Draft }) {
  const save = useStore(draft.saver)
  const mine = useEditor(draft.store, (state) => state.document)
  /** The revision whose question was put off; a newer one asks again. */
  const [later, setLater] = useState<number | null>(null)
  if (save.state !== 'conflict') return null
  if (later === save.theirs.revision)
    return (
      <div
        role="alert"
        className="fixed bottom-4 left-1/2 z-30 flex -translate-x-1/2 items-center gap-3 rounded-xl border border-line bg-panel px-4 py-2.5 shadow-float"
      >
        Someone else saved this draft. Yours is not saved until you choose.
        <Button size="small" variant="primary" onClick={() => setLater(null)}>
          Choose
        </Button>
      </div>
    )
  const theirs = documentOf(save.theirs.source)
  const lines = theirs ? changeSummary(theirs, mine) : ['their text is no runbook']
  const takeTheirs = (): void => {
    const source = draft.saver.takeTheirs()
    const document = source === null ? null : documentOf(source)
    // One step of history, so that even this can be undone.
    if (document) draft.store.apply(() => document, { label: 'Take the newer draft' })
  }
  return (
    <Dialog
      open
      onOpenChange={() => setLater(save.theirs.revision)}
      size="medium"
      title="Someone else saved this draft"
      description={`Revision ${save.theirs.revision} is newer than the one that yours was made from. Choose which to go on with; the other one can be had back by Undo.`}
      footer={
        <>
          <Button disabledReason={theirs ? null : 'Their text is no runbook.'} onClick={takeTheirs}>
            Take theirs
          </Button>
          <Button variant="primary" onClick={() => void draft.saver.keepMine()}>
            Keep mine
          </Button>
        </>
      }
    >
      <h3 className="text-sm font-medium text-second">Compared with theirs, yours</h3>
      <ul className="mt-1 list-disc space-y-0.5 pl-5">
        {lines.length === 0 && <li>differs only in where cards are</li>}
        {lines.slice(0, 14).map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </Dialog>
  )
}
