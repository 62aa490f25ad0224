'use client'
import { useEffect, useState } from 'react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ShieldOff } from 'lucide-react'
import { toast } from 'sonner'
import { type Outputs, useApi } from '../ui/api.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { useNow } from '../ui/now.ts'
import { personName } from '../ui/person-name.ts'
import { reportProblem } from '../ui/report-problem.ts'
import { useSession } from '../ui/session.ts'
import { Time } from '../ui/time.tsx'
import { BreakGlass, GlassEffect } from './break-glass.tsx'
import { glassLeft } from './glass-words.ts'
import { onBreakGlass } from './open-break-glass.ts'

type Broken = NonNullable<Outputs['writes']['glass']>

/** The pages are told when it is broken or mended; this is for a stream that says nothing. */
const againMilliseconds = 15_000

/** In the header: nothing while the glass is whole; who broke it, why and the time left while it is broken. */
export function Glass() {
  const api = useApi()
  const { lacks } = useSession()
  const glass = useQuery(api.writes.glass.queryOptions(undefined, { refetchInterval: againMilliseconds }))
  const [breaking, setBreaking] = useState(false)
  const mayBreak = lacks('admin') === null
  useEffect(() => (mayBreak ? onBreakGlass(() => setBreaking(true)) : undefined), [mayBreak])
  return (
    <>
      {glass.data && <GlassBadge broken={glass.data} again={mayBreak ? () => setBreaking(true) : null} />}
      {breaking && <BreakGlass close={() => setBreaking(false)} />}
    </>
  )
}

function GlassBadge({ broken, again }: { broken: Broken; again: (() => void) | null }) {
  const api = useApi()
  const client = useQueryClient()
  const { lacks } = useSession()
  const [open, setOpen] = useState(false)
  const left = glassLeft(broken.until, useNow())
  const mend = useMutation(
    api.writes.mendGlass.mutationOptions({
      onSuccess: () => {
        setOpen(false)
        toast.success('The glass is whole: all limits hold again')
      },
      onError: reportProblem('The glass was not mended'),
      onSettled: () => client.invalidateQueries({ queryKey: api.writes.pathKey() }),
    }),
  )
  if (left === null) return null
  return (
    <>
      <Button
        className="border-act/40! bg-act-tint! text-act! max-sm:size-11 max-sm:px-0!"
        onClick={() => setOpen(true)}
        icon={<ShieldOff aria-hidden className="size-3.5" />}
      >
        <span className="max-lg:sr-only">Glass broken</span>
        <span className="figures max-sm:sr-only">{left}</span>
      </Button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        size="medium"
        title="The glass is broken"
        description={
          <>
            By {personName(broken.by)}, <Time at={broken.at} />: {broken.reason}
          </>
        }
        footer={
          <>
            {again && (
              <Button
                className="mr-auto"
                onClick={() => {
                  setOpen(false)
                  again()
                }}
              >
                Break again…
              </Button>
            )}
            <Button onClick={() => setOpen(false)}>Close</Button>
            <Button
              variant="primary"
              busy={mend.isPending}
              disabledReason={lacks('operator')}
              onClick={() => mend.mutate()}
            >
              Mend now
            </Button>
          </>
        }
      >
        <div className="space-y-3">
          <p>
            Whole again by itself in <b className="figures font-semibold">{left}</b>, at <Time at={broken.until} />.
          </p>
          <GlassEffect />
        </div>
      </Dialog>
    </>
  )
}
