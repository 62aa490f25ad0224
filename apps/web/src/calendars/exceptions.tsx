'use client'
import { useMutation } from '@tanstack/react-query'
import { toast } from 'sonner'
import { useApi, type Outputs } from '../ui/api.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { useNow } from '../ui/now.ts'
import { Panel, Rows } from '../ui/panel.tsx'
import { personName } from '../ui/person-name.ts'
import { reportProblem } from '../ui/report-problem.ts'
import { useSession } from '../ui/session.ts'
import { Countdown } from '../ui/time.tsx'

type Exception = Outputs['calendars']['list']['exceptions'][number]

/** Those that hold or wait, and those that are over. */
export function Exceptions({ rows, reload }: { rows: Exception[]; reload: () => void }) {
  return (
    <Panel title="Exceptions" flush>
      <Rows>
        {rows.map((row) => (
          <ExceptionRow key={row.id} row={row} reload={reload} />
        ))}
      </Rows>
    </Panel>
  )
}

function ExceptionRow({ row, reload }: { row: Exception; reload: () => void }) {
  const api = useApi()
  const now = useNow()
  const { lacks, user } = useSession()
  const confirm = useMutation(
    api.calendars.confirmException.mutationOptions({
      onSuccess: () => toast.success('Confirmed: actions may begin'),
      onError: reportProblem('The exception was not confirmed'),
      onSettled: reload,
    }),
  )
  const over = Date.parse(row.until) <= now
  const own = user?.email === row.askedBy ? 'You asked for it: another person has to confirm it.' : null
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 px-4 py-3">
      <div className="min-w-0 flex-1 basis-72">
        <p className="flex flex-wrap items-center gap-2">
          <span className="font-semibold">{row.calendar}</span>
          {over ? (
            <Badge>over</Badge>
          ) : row.confirmedBy ? (
            <Badge tone="normal">holds</Badge>
          ) : (
            <Badge tone="waiting">waits for a second person</Badge>
          )}
        </p>
        <p className="text-pretty">{row.reason}</p>
        <p className="text-sm text-second">
          asked for by {personName(row.askedBy)}
          {row.confirmedBy && `, confirmed by ${personName(row.confirmedBy)}`}
          {!over && (
            <>
              {' '}
              · ends in <Countdown until={row.until} />
            </>
          )}
        </p>
      </div>
      {!over && row.confirmedBy === null && (
        <Button
          variant="primary"
          busy={confirm.isPending}
          disabledReason={lacks('admin') ?? own}
          onClick={() => confirm.mutate({ id: row.id })}
        >
          Confirm
        </Button>
      )}
    </li>
  )
}
