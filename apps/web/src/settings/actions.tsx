'use client'
import { useQuery } from '@tanstack/react-query'
import { useApi } from '../ui/api.tsx'
import { Button } from '../ui/button.tsx'
import { Panel } from '../ui/panel.tsx'
import { ErrorState, LoadingRows } from '../ui/states.tsx'
import { openBreakGlass } from '../writes/open-break-glass.ts'
import { ActionAutonomy } from './action-autonomy.tsx'
import { ActionLimits } from './action-limits.tsx'
import { ActionPaging } from './action-paging.tsx'

/** What actions may do at all, and what each runbook may do alone. */
export function Actions() {
  const api = useApi()
  const rules = useQuery(api.actionRules.get.queryOptions())
  const reload = (): void => void rules.refetch()
  if (rules.isPending)
    return (
      <div className="mt-4">
        <Panel title="Limits" flush>
          <LoadingRows rows={4} label="Loading what actions may do" />
        </Panel>
      </div>
    )
  if (rules.isError)
    return (
      <div className="mt-4">
        <Panel title="Limits" flush>
          <ErrorState what="What actions may do could not be loaded" error={rules.error} retry={reload} />
        </Panel>
      </div>
    )
  const { policy, autonomies } = rules.data
  return (
    <div className="mt-4 space-y-4">
      <ActionAutonomy rows={autonomies} needed={policy.autonomy.supervisedSuccesses} onChanged={reload} />
      <ActionLimits key={JSON.stringify(policy)} policy={policy} onChanged={reload} />
      <ActionPaging />
      <Panel title="Break the glass">
        <p className="mb-3 text-second">
          For an emergency in which these limits stand in the way: they are lifted for at most an hour, and everyone is
          told.
        </p>
        <Button variant="danger" onClick={openBreakGlass}>
          Break the glass…
        </Button>
      </Panel>
    </div>
  )
}
