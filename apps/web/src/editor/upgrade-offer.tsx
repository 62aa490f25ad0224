'use client'
import { useMemo, useState } from 'react'
import { useMutation } from '@tanstack/react-query'
import { CircleArrowUp } from 'lucide-react'
import { diffLines, diffRunbooks, type RunbookDocument } from '@tenon/runbook'
import { useApiClient } from '../ui/api.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { reportProblem } from '../ui/report-problem.ts'
import { useCatalogue } from './catalogue-index.ts'
import { DiffList } from './diff-list.tsx'
import { outdatedSteps } from './outdated-steps.ts'
import type { Draft } from './use-draft.ts'
import { useEditor } from './use-editor.ts'

/** Offers to bring steps to newer versions of their node types, and shows what changes before it does. */
export function UpgradeOffer({ draft }: { draft: Draft }) {
  const client = useApiClient()
  const { catalogue } = useCatalogue()
  const document = useEditor(draft.store, (state) => state.document)
  const outdated = useMemo(() => outdatedSteps(document, catalogue.nodeTypes), [document, catalogue])
  const [upgraded, setUpgraded] = useState<RunbookDocument | null>(null)
  const ask = useMutation({
    mutationFn: () => client.runbooks.upgrade.query({ source: draft.text.of(draft.store.getState().document) }),
    onSuccess: (answer) => setUpgraded(answer.document),
    onError: reportProblem('The steps could not be updated'),
  })
  if (outdated.length === 0) return null
  const count = outdated.length === 1 ? 'a step to its newer version' : `${outdated.length} steps to newer versions`
  const lines = upgraded ? diffLines(diffRunbooks(document, upgraded)) : []
  const close = (): void => setUpgraded(null)
  return (
    <>
      <Button
        size="small"
        className="absolute top-3 left-3 z-10 shadow-rest"
        icon={<CircleArrowUp aria-hidden className="size-3.5" />}
        busy={ask.isPending}
        onClick={() => ask.mutate()}
      >
        {`Update ${count}`}
      </Button>
      {upgraded && (
        <Dialog
          open
          onOpenChange={close}
          size="medium"
          title={`Update ${count}?`}
          description="The draft changes; what is live does not until you publish. Undo takes it back."
          footer={
            <>
              <Button onClick={close}>Cancel</Button>
              <Button
                variant="primary"
                disabledReason={lines.length > 0 ? null : 'There is nothing to update.'}
                onClick={() => {
                  draft.store.apply(() => upgraded, { label: 'Update steps' })
                  close()
                }}
              >
                Update
              </Button>
            </>
          }
        >
          <DiffList
            lines={lines}
            empty="These versions cannot be taken over by themselves. Add the newer step beside the older one and move its inputs."
            label="What changes"
          />
        </Dialog>
      )}
    </>
  )
}
