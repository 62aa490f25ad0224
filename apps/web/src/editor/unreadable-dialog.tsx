'use client'
import type { RunbookDocument } from '@tenon/runbook'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { TextArea } from '../ui/field.tsx'
import type { NewerDraft } from './draft-saver.ts'
import type { Draft } from './use-draft.ts'

/** One of the texts is no runbook, so that they cannot be merged step by step: the person takes one. */
export function UnreadableDialog(props: {
  draft: Draft
  newer: NewerDraft
  /** null when their text is no runbook. */
  theirs: RunbookDocument | null
  close: () => void
}) {
  const { draft, newer, theirs, close } = props
  const takeTheirs = (): void => {
    if (!theirs || draft.saver.takeTheirs() === null) return
    draft.text.set(newer.source, theirs)
    // One step of history, so that even this can be undone.
    draft.store.apply(() => theirs, { label: 'Take the newer draft' })
  }
  return (
    <Dialog
      open
      onOpenChange={close}
      size="medium"
      title={`${newer.savedBy} saved this draft`}
      description={
        theirs
          ? 'The text that both began with is no runbook, so the two cannot be brought together step by step. Choose one; the other can be had back by Undo.'
          : 'Their text is no runbook. You can read it below, and copy from it before you go on with yours.'
      }
      footer={
        <>
          <Button onClick={close}>Later</Button>
          {theirs && <Button onClick={takeTheirs}>Take theirs</Button>}
          <Button variant="primary" onClick={() => void draft.saver.saveOver()}>
            Keep mine
          </Button>
        </>
      }
    >
      <TextArea readOnly rows={12} aria-label="Their text" className="w-full font-mono text-sm" value={newer.source} />
    </Dialog>
  )
}
