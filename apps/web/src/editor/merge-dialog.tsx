'use client'
import { useMemo, useState } from 'react'
import {
  type Choices,
  diffLines,
  diffRunbooks,
  mergeRunbooks,
  type RunbookDocument,
  validateRunbook,
} from '@tenon/runbook'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { useCatalogue } from './catalogue-index.ts'
import { ConflictChoice } from './conflict-choice.tsx'
import { DiffList } from './diff-list.tsx'
import type { NewerDraft } from './draft-saver.ts'
import { mergedText } from './draft-text.ts'
import type { Draft } from './use-draft.ts'
import { useEditor } from './use-editor.ts'
import { errorsOf } from './use-problems.ts'

export interface MergeDialogProps {
  draft: Draft
  newer: NewerDraft
  /** What both began with. */
  base: RunbookDocument
  theirs: RunbookDocument
  close: () => void
}

/** Brings two drafts together: what does not collide is taken from both, and of what does the person chooses. */
export function MergeDialog({ draft, newer, base, theirs, close }: MergeDialogProps) {
  const ours = useEditor(draft.store, (state) => state.document)
  const { catalogue } = useCatalogue()
  const [choices, setChoices] = useState<Choices>({})
  const { merged, conflicts } = useMemo(
    () => mergeRunbooks({ base, ours, theirs }, choices),
    [base, ours, theirs, choices],
  )
  const errors = useMemo(() => errorsOf(validateRunbook(merged, catalogue)), [merged, catalogue])
  const open = conflicts.filter(({ key }) => !Object.hasOwn(choices, key)).length
  const chooseAll = (side: 'ours' | 'theirs'): void =>
    setChoices(Object.fromEntries(conflicts.map(({ key }) => [key, side])))

  const save = (): void => {
    const text = mergedText({ base: draft.saver.base(), ours: draft.text.of(ours), theirs: newer.source }, merged)
    draft.text.set(text, merged)
    // One step of history, so that even this can be undone.
    draft.store.apply(() => merged, { label: 'Bring together' })
    // What is merged may be what is shown already; it is saved all the same.
    draft.saver.change(() => draft.text.of(draft.store.getState().document))
    void draft.saver.saveOver()
  }

  return (
    <Dialog
      open
      onOpenChange={close}
      size="large"
      title={`${newer.savedBy} saved this draft too`}
      description={
        conflicts.length === 0
          ? 'What you both changed does not collide: all of it is in the merged draft.'
          : `${conflicts.length === 1 ? 'One change collides' : `${conflicts.length} changes collide`}: choose. All else is taken from both.`
      }
      footer={
        <>
          {conflicts.length > 1 && (
            <div className="mr-auto flex gap-2">
              <Button onClick={() => chooseAll('ours')}>All yours</Button>
              <Button onClick={() => chooseAll('theirs')}>All theirs</Button>
            </div>
          )}
          <Button onClick={close}>Later</Button>
          <Button
            variant="primary"
            data-testid="save-merged"
            disabledReason={open === 0 ? null : `${open === 1 ? 'One choice is' : `${open} choices are`} still open.`}
            onClick={save}
          >
            Save the merged draft
          </Button>
        </>
      }
    >
      <div className="space-y-5">
        {conflicts.length > 0 && (
          <div className="space-y-3">
            {conflicts.map((conflict) => (
              <ConflictChoice
                key={conflict.key}
                conflict={conflict}
                choice={Object.hasOwn(choices, conflict.key) ? choices[conflict.key]! : null}
                choose={(side) => setChoices((before) => ({ ...before, [conflict.key]: side }))}
              />
            ))}
          </div>
        )}
        <Part title="Comes from theirs" document={merged} against={ours} empty="Nothing that you do not have." />
        <Part title="Stays from yours" document={merged} against={theirs} empty="Nothing that they do not have." />
        {errors.length > 0 && (
          <p className="rounded-lg bg-inconclusive-tint px-3 py-2 text-inconclusive">
            {errors.length === 1
              ? 'The merged draft has one problem'
              : `The merged draft has ${errors.length} problems`}
            : {errors[0]?.message} It can be saved and mended then.
          </p>
        )}
      </div>
    </Dialog>
  )
}

function Part(props: { title: string; document: RunbookDocument; against: RunbookDocument; empty: string }) {
  const { title, document, against, empty } = props
  const lines = useMemo(() => diffLines(diffRunbooks(against, document)), [against, document])
  return (
    <section aria-label={title}>
      <h3 className="mb-1 text-sm font-medium text-second">{title}</h3>
      <DiffList lines={lines} empty={empty} label={title} />
    </section>
  )
}
