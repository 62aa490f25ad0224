'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { toast } from 'sonner'
import { useApi } from '../ui/api.tsx'
import { Button } from '../ui/button.tsx'
import { Field, Select } from '../ui/field.tsx'
import { Panel } from '../ui/panel.tsx'
import { reportProblem } from '../ui/report-problem.ts'
import { Shape } from '../ui/shape.tsx'
import { ErrorState, LoadingRows } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'

const none = ''
/** A test is on its way for some seconds; what came of it shows by itself. */
const againMilliseconds = 5_000

/** Where critical notices go besides the inbox, and whether they arrive. */
export function ActionPaging() {
  const api = useApi()
  const client = useQueryClient()
  const paging = useQuery(api.settings.paging.get.queryOptions(undefined, { refetchInterval: againMilliseconds }))
  const refresh = () => client.invalidateQueries({ queryKey: api.settings.paging.pathKey() })
  const set = useMutation(
    api.settings.paging.set.mutationOptions({
      onSuccess: (_, { connection }) =>
        toast.success(connection === null ? 'Critical notices stay in the inbox' : `They go to ${connection} too`),
      onError: reportProblem('The channel was not set'),
      onSettled: refresh,
    }),
  )
  const test = useMutation(
    api.settings.paging.test.mutationOptions({
      onSuccess: () => toast.success('A test notice is on its way'),
      onError: reportProblem('The test was not sent'),
      onSettled: refresh,
    }),
  )
  if (paging.isPending)
    return (
      <Panel title="Critical notices" flush>
        <LoadingRows rows={2} label="Loading where critical notices go" />
      </Panel>
    )
  if (paging.isError)
    return (
      <Panel title="Critical notices" flush>
        <ErrorState
          what="Where critical notices go could not be loaded"
          error={paging.error}
          retry={() => void paging.refetch()}
        />
      </Panel>
    )
  const { channel, trouble, lastSent, choices } = paging.data
  const chosen = channel?.connection ?? none
  // One that was removed stays in sight: notices still wait for it.
  const names = channel && !choices.includes(chosen) ? [chosen, ...choices] : choices
  return (
    <Panel title="Critical notices">
      <div className="space-y-3">
        <p className="text-sm text-third">
          Broken glass, actions that do harm and stay, and whatever a step “Notify” calls critical are in everyone’s
          inbox. A webhook gets them too, each until it is taken, for a day.
        </p>
        <div className="flex flex-wrap items-end gap-2">
          <Field label="Also to">
            {(control) => (
              <Select
                {...control}
                className="w-64"
                value={chosen}
                disabled={set.isPending}
                onChange={(next) => set.mutate({ connection: next === none ? null : next })}
                options={[
                  { value: none, label: 'nowhere: the inbox alone' },
                  ...names.map((name) => ({ value: name, label: name })),
                ]}
              />
            )}
          </Field>
          {channel && (
            <Button busy={test.isPending} onClick={() => test.mutate()}>
              Send a test
            </Button>
          )}
        </div>
        {choices.length === 0 && !channel && (
          <p className="text-sm text-second">There is no webhook yet: add one under Connections.</p>
        )}
        {channel &&
          (trouble ? (
            <p role="status" className="flex items-baseline gap-2 text-abnormal">
              <Shape name="triangle" />
              <span className="min-w-0 break-words">
                Not taken since <Time at={trouble.at} />: {trouble.message} It is tried again.
              </span>
            </p>
          ) : (
            <p role="status" className="text-sm text-second">
              {lastSent ? (
                <>
                  The last one was taken <Time at={lastSent} show="relative" />.
                </>
              ) : (
                'None was sent yet.'
              )}
            </p>
          ))}
      </div>
    </Panel>
  )
}
