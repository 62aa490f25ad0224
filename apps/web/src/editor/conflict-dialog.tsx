'use client'
import { useState } from 'react'
import { useStore } from 'zustand'
import { Button } from '../ui/button.tsx'
import type { NewerDraft } from './draft-saver.ts'
import { documentOf } from './draft-text.ts'
import { MergeDialog } from './merge-dialog.tsx'
import { UnreadableDialog } from './unreadable-dialog.tsx'
import type { Draft } from './use-draft.ts'

/** Somebody else saved meanwhile: what both did is brought together. Nothing is overwritten before a person has decided. */
export function ConflictDialog({ draft }: { draft: Draft }) {
  const save = useStore(draft.saver)
  /** The revision whose question was put off; a newer one asks again. */
  const [later, setLater] = useState<number | null>(null)
  if (save.state !== 'conflict') return null
  if (later === save.theirs.revision) return <Reminder choose={() => setLater(null)} />
  const close = (): void => setLater(save.theirs.revision)
  return <Question key={save.theirs.revision} draft={draft} newer={save.theirs} close={close} />
}

function Question({ draft, newer, close }: { draft: Draft; newer: NewerDraft; close: () => void }) {
  const [base] = useState(() => documentOf(draft.saver.base()))
  const [theirs] = useState(() => documentOf(newer.source))
  return base && theirs ? (
    <MergeDialog draft={draft} newer={newer} base={base} theirs={theirs} close={close} />
  ) : (
    <UnreadableDialog draft={draft} newer={newer} theirs={theirs} close={close} />
  )
}

function Reminder({ choose }: { choose: () => void }) {
  return (
    <div
      role="alert"
      className="fixed bottom-4 left-1/2 z-30 flex -translate-x-1/2 items-center gap-3 rounded-xl border border-line bg-panel px-4 py-2.5 shadow-float"
    >
      Someone else saved this draft. Yours is not saved until you bring the two together.
      <Button size="small" variant="primary" onClick={choose}>
        Bring together
      </Button>
    </div>
  )
}
