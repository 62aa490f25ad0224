'use client'
import Link from 'next/link'
import { useQuery } from '@tanstack/react-query'
import { useApi } from '../ui/api.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Facts } from '../ui/panel.tsx'
import { ErrorState, LoadingRows } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'
import { dispositionLooks } from './disposition-look.ts'

/** One event as it came: its payload, what became of it, and the run. */
export function InboundDialog({ id, close }: { id: string; close: () => void }) {
  const api = useApi()
  const event = useQuery(api.triggers.inboundEvent.queryOptions({ id }))
  return (
    <Dialog
      open
      onOpenChange={close}
      size="large"
      title="Inbound event"
      footer={<Button onClick={close}>Close</Button>}
    >
      {event.isPending ? (
        <LoadingRows rows={5} label="Loading the event" />
      ) : event.isError ? (
        <ErrorState what="The event could not be loaded" error={event.error} retry={() => void event.refetch()} />
      ) : (
        <>
          <Facts
            items={[
              {
                label: 'became',
                value: (
                  <Badge tone={dispositionLooks[event.data.disposition].tone}>
                    {dispositionLooks[event.data.disposition].word}
                  </Badge>
                ),
              },
              { label: 'why', value: event.data.reason || dispositionLooks[event.data.disposition].meaning },
              { label: 'came through', value: <code className="font-mono">{event.data.source}</code> },
              { label: 'came', value: <Time at={event.data.receivedAt} /> },
              ...(event.data.decidedAt ? [{ label: 'decided', value: <Time at={event.data.decidedAt} /> }] : []),
              ...(event.data.dedupKey
                ? [{ label: 'same event', value: <code className="font-mono break-all">{event.data.dedupKey}</code> }]
                : []),
              ...(event.data.runId
                ? [
                    {
                      label: 'run',
                      value: (
                        <Link href={`/runs/${event.data.runId}`} className="text-accent hover:underline">
                          {event.data.runId}
                        </Link>
                      ),
                    },
                  ]
                : []),
            ]}
          />
          <h3 className="mt-4 mb-1 text-sm font-medium text-second">Payload</h3>
          {event.data.payload === null || event.data.payload === undefined ? (
            <p className="text-third">None is kept.</p>
          ) : (
            <pre className="max-h-[50dvh] overflow-auto rounded-lg border border-line bg-sunken p-3 font-mono text-sm whitespace-pre-wrap break-words">
              {JSON.stringify(event.data.payload, null, 2)}
            </pre>
          )}
        </>
      )}
    </Dialog>
  )
}
