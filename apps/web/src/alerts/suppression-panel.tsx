'use client'
import { useState } from 'react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { toast } from 'sonner'
import { useApi } from '../ui/api.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Panel } from '../ui/panel.tsx'
import { personName } from '../ui/person-name.ts'
import { reportProblem } from '../ui/report-problem.ts'
import { useSession } from '../ui/session.ts'
import { ErrorState, LoadingRows } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'

/** Whether noise is kept from people. Off until an admin switches it on, knowing what it does. */
export function SuppressionPanel() {
  const api = useApi()
  const client = useQueryClient()
  const { lacks } = useSession()
  const [asking, setAsking] = useState(false)
  const settings = useQuery(api.alerts.settings.queryOptions())
  const set = useMutation(
    api.alerts.setSuppression.mutationOptions({
      onSuccess: (_, { on }) => {
        setAsking(false)
        toast.success(on ? 'Noise is silenced from now on' : 'Nothing is silenced from now on')
      },
      onError: reportProblem('Suppression was not changed'),
      onSettled: () => client.invalidateQueries({ queryKey: api.alerts.pathKey() }),
    }),
  )
  const suppression = settings.data?.suppression
  return (
    <Panel
      title="Suppression"
      badge={
        suppression && <Badge tone={suppression.on ? 'warning' : 'neutral'}>{suppression.on ? 'on' : 'off'}</Badge>
      }
    >
      {suppression ? (
        <>
          <p className="text-second text-pretty">
            {suppression.on
              ? 'What is judged noise is silenced in its Alertmanager for a short time. What is real or undetermined always notifies.'
              : 'Alerts are judged, but none is kept from anyone. Compare the verdicts with what you know before you switch it on.'}
          </p>
          {suppression.by && (
            <p className="mt-1 text-sm text-third">
              by {personName(suppression.by)}
              {suppression.at && (
                <>
                  , <Time at={suppression.at} show="relative" />
                </>
              )}
            </p>
          )}
          <Button
            size="small"
            className="mt-3"
            busy={set.isPending}
            disabledReason={lacks('admin')}
            onClick={() => (suppression.on ? set.mutate({ on: false }) : setAsking(true))}
          >
            {suppression.on ? 'Switch off' : 'Switch on…'}
          </Button>
        </>
      ) : settings.isError ? (
        <ErrorState
          what="The setting could not be loaded"
          error={settings.error}
          retry={() => void settings.refetch()}
          className="px-0"
        />
      ) : (
        <LoadingRows rows={2} label="Loading the setting" />
      )}
      <Dialog
        open={asking}
        onOpenChange={setAsking}
        title="Silence what is judged noise?"
        footer={
          <>
            <Button onClick={() => setAsking(false)}>Keep it off</Button>
            <Button variant="primary" busy={set.isPending} onClick={() => set.mutate({ on: true })}>
              Switch on
            </Button>
          </>
        }
      >
        <ul className="list-disc space-y-1.5 pl-5 text-second">
          <li>
            An alert that is noise of certain cause gets a silence in its Alertmanager, by the author tenon, with the
            reason and a link to it here.
          </li>
          <li>
            Each silence ends by itself after 30 minutes at most. It is an action: its page shows it and reverts it.
          </li>
          <li>
            What is real, undetermined or not judged always notifies. A critical alert is never silenced. What turns
            real is given back at once.
          </li>
          <li>Every alert stays in this list. Switching it on, and off, is in the audit log.</li>
        </ul>
      </Dialog>
    </Panel>
  )
}
