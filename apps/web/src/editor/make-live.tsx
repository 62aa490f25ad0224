'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { toast } from 'sonner'
import { useApi } from '../ui/api.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { reportProblem } from '../ui/report-problem.ts'
import { Difference } from './compare-versions.tsx'
import type { RunbookDetail } from './runbook-detail.ts'
import { useFirstFocus } from './use-first-focus.ts'
import type { Move } from './version-move.ts'

/** The last look before a version becomes what an environment runs: rolling back, or promoting from elsewhere. */
export function MakeLive(props: { runbook: RunbookDetail; move: Move; back: () => void; close: () => void }) {
  const { runbook, move, back, close } = props
  const { version, environment } = move
  const api = useApi()
  const client = useQueryClient()
  const first = useFirstFocus<HTMLButtonElement>()
  const live = runbook.pointers.find((pointer) => pointer.environment === environment)?.version
  const rollback = useMutation(
    api.runbooks.rollback.mutationOptions({
      onSuccess: ({ warning }) => {
        toast.success(`Version ${version} is live in ${environment}`)
        if (warning) toast.warning('Not all is done yet', { description: warning, duration: 12_000 })
        back()
      },
      onError: reportProblem('Nothing was changed'),
      onSettled: () => client.invalidateQueries({ queryKey: api.runbooks.pathKey() }),
    }),
  )
  return (
    <Dialog
      open
      onOpenChange={close}
      size="medium"
      title={`Make version ${version} live in ${environment}?`}
      description="New runs there use it at once. Runs that go on keep the version that they began with."
      footer={
        <>
          <Button onClick={back}>Back</Button>
          <Button
            ref={first}
            variant="primary"
            busy={rollback.isPending}
            onClick={() => rollback.mutate({ name: runbook.name, version, environment })}
          >
            Make it live
          </Button>
        </>
      }
    >
      {live === undefined ? (
        <p className="text-second">Nothing is live in {environment} yet.</p>
      ) : (
        <>
          <h3 className="mb-1 text-sm font-medium text-second">Compared with version {live}, which is live there</h3>
          <Difference runbook={runbook} from={String(live)} to={String(version)} />
        </>
      )}
    </Dialog>
  )
}
