'use client'
import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { Square } from 'lucide-react'
import { useApi } from '../ui/api.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { useSession } from '../ui/session.ts'
import { Shape } from '../ui/shape.tsx'
import { useShortcut } from '../ui/shortcuts.ts'
import { ErrorState } from '../ui/states.tsx'
import { StopForm } from './stop-form.tsx'
import { StopsList } from './stops-list.tsx'
import { writesState, writesWord, type WritesState } from './stop-words.ts'

/** The pages are told of each stop; this is for a stream that says nothing. */
const againMilliseconds = 10_000

const titles: Record<WritesState, string> = {
  loading: 'Stop writes?',
  allowed: 'Stop writes?',
  'stopped-in-part': 'Writes are stopped in part',
  stopped: 'All writes are stopped',
  unknown: 'It is not known whether writes are stopped',
}

/** The kill switch, on every page: refuses every new action, or those of a part, until someone resumes. */
export function StopWrites() {
  const api = useApi()
  const { lacks } = useSession()
  const stops = useQuery(api.writes.stops.queryOptions(undefined, { refetchInterval: againMilliseconds }))
  const [open, setOpen] = useState(false)
  const state = writesState(stops.data, stops.isError)
  const word = writesWord(state)
  const why = lacks('operator')
  useShortcut(why ? null : { keys: 'x', label: word, group: 'Everywhere', run: () => setOpen(true) })
  return (
    <>
      <Button
        variant={state === 'stopped' ? 'danger-solid' : 'danger'}
        className={looks[state]}
        disabledReason={why}
        onClick={() => setOpen(true)}
        icon={
          state === 'unknown' ? (
            <Shape name="question" className="size-3" />
          ) : (
            <Square aria-hidden className="size-3 fill-current" />
          )
        }
      >
        <span className="max-sm:sr-only">{word}</span>
      </Button>
      <Dialog open={open} onOpenChange={setOpen} size="medium" title={titles[state]} description={description(state)}>
        {/* Made anew each time: what was half written for another moment is not offered again. */}
        {open && (
          <div className="space-y-4">
            {stops.isError && (
              <ErrorState
                className="rounded-lg border border-line"
                what={
                  stops.data
                    ? 'The stops below were known last; what is true now could not be asked'
                    : 'What is stopped could not be asked'
                }
                error={stops.error}
                retry={() => void stops.refetch()}
              />
            )}
            {stops.data && stops.data.length > 0 && <StopsList stops={stops.data} ended={() => setOpen(false)} />}
            <StopMore state={state} close={() => setOpen(false)} />
          </div>
        )}
      </Dialog>
    </>
  )
}

const small = 'max-sm:size-11 max-sm:px-0!'
const looks: Record<WritesState, string> = {
  loading: small,
  allowed: small,
  stopped: small,
  'stopped-in-part': `${small} border-abnormal/40! bg-abnormal-tint!`,
  unknown: `${small} border-dashed! border-inconclusive/60! bg-inconclusive-tint! text-inconclusive!`,
}

function description(state: WritesState): string {
  switch (state) {
    case 'loading':
    case 'allowed':
      return 'From now on new actions are refused until someone resumes. Reads and diagnoses go on. Actions in effect stay as they are and do not revert by themselves until then; a person still can revert them.'
    case 'stopped-in-part':
      return 'New actions of these are refused, and those in effect do not revert by themselves. A person still can revert them, on Actions.'
    case 'stopped':
      return 'No runbook can change anything outside until writes resume. Actions in effect stay as they are and do not revert by themselves, even when their time is over; you can revert them now, on Actions.'
    case 'unknown':
      return 'Workers look for themselves right before each call, and take a switch that they cannot read for stopped. You can stop writes all the same.'
  }
}

/** While something is stopped, the form waits behind a button: most come to resume. */
function StopMore({ state, close }: { state: WritesState; close: () => void }) {
  const [asked, setAsked] = useState(false)
  if (state === 'stopped' || state === 'stopped-in-part') {
    if (!asked)
      return (
        <div className="flex flex-wrap justify-end gap-2">
          <Button variant="danger" onClick={() => setAsked(true)}>
            {state === 'stopped' ? 'Also stop a part…' : 'Stop more…'}
          </Button>
          <Button onClick={close}>Keep stopped</Button>
        </div>
      )
  }
  return <StopForm narrowOnly={state === 'stopped'} done={close} />
}
