'use client'
import { useMemo } from 'react'
import { useRouter } from 'next/navigation'
import { useMutation, useQuery } from '@tanstack/react-query'
import { RotateCw, Waypoints } from 'lucide-react'
import { useApi } from '../ui/api.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button, ButtonLink } from '../ui/button.tsx'
import { Panel } from '../ui/panel.tsx'
import { reportProblem } from '../ui/report-problem.ts'
import { runTone, runWord } from '../ui/run-words.ts'
import { useSession } from '../ui/session.ts'
import { Shell } from '../ui/shell.tsx'
import { useShortcut } from '../ui/shortcuts.ts'
import { ErrorState, LoadingRows } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'
import { CancelRun } from './cancel-run.tsx'
import { reportView } from './content/report-view.ts'
import { NextAction } from './next-action.tsx'
import { ReportBody } from './report-body.tsx'
import { RunMenu } from './run-menu.tsx'
import { contentOfRun, type RunDetail, waitingApproval } from './run-view-model.ts'

/** One run: conclusion first, then evidence, then method. */
export function RunPage({ id }: { id: string }) {
  const api = useApi()
  const run = useQuery(
    api.runs.get.queryOptions(
      { id },
      // Live events say when something changed; this is for the case that they are away.
      { refetchInterval: ({ state }) => (state.data?.status === 'running' ? 5_000 : false) },
    ),
  )
  if (!run.data) {
    return (
      <Shell crumbs={[{ title: 'Runs', href: '/runs' }, { title: 'Run' }]}>
        <Panel flush>
          {run.isError ? (
            <ErrorState what="The run could not be loaded" error={run.error} retry={() => void run.refetch()} />
          ) : (
            <LoadingRows rows={6} label="Loading the run" />
          )}
        </Panel>
      </Shell>
    )
  }
  return <Loaded run={run.data} />
}

function Loaded({ run }: { run: RunDetail }) {
  const content = useMemo(() => contentOfRun(run), [run])
  const view = useMemo(() => reportView(content), [content])
  return (
    <Shell
      crumbs={[{ title: 'Runs', href: '/runs' }, { title: `${run.runbook.title}` }]}
      state={
        <>
          <Badge tone={runTone(run)}>{runWord(run)}</Badge>
          {run.dryRun && <Badge tone="neutral">dry run</Badge>}
          {waitingApproval(run) && <Badge tone="waiting">waits for approval</Badge>}
          <code className="font-mono text-third max-2xl:hidden">{run.id.slice(0, 8)}</code>
          <span className="whitespace-nowrap max-xl:hidden">
            as of <Time at={run.asOf} />
          </span>
        </>
      }
      actions={<RunActions run={run} />}
    >
      <ReportBody content={content} view={view} action={<NextAction run={run} view={view} />} />
    </Shell>
  )
}

function RunActions({ run }: { run: RunDetail }) {
  const api = useApi()
  const router = useRouter()
  const { lacks } = useSession()
  const why = lacks('operator')
  const again = useMutation(
    api.runs.start.mutationOptions({
      onSuccess: ({ runId }) => router.push(`/runs/${runId}`),
      onError: reportProblem('The run did not start'),
    }),
  )
  const rerun = (): void => again.mutate({ name: run.runbook.name, params: run.params, dryRun: run.dryRun })
  // A draft may be another one by now; it is run from the editor.
  const canRerun = run.version !== null
  useShortcut(canRerun && !why ? { keys: 'r', label: 'Run it again', group: 'Run', run: rerun } : null)
  return (
    <>
      <ButtonLink
        href={`/runbooks/${run.runbook.name}?run=${run.id}`}
        className="max-2xl:hidden"
        icon={<Waypoints aria-hidden className="size-3.5" />}
      >
        Open runbook
      </ButtonLink>
      {run.status === 'running' ? (
        <CancelRun runId={run.id} />
      ) : (
        canRerun && (
          <Button
            shortcut="R"
            className="max-sm:h-11"
            icon={<RotateCw aria-hidden className="size-3.5" />}
            busy={again.isPending}
            disabledReason={why}
            onClick={rerun}
          >
            <span className="max-sm:sr-only">Run again</span>
          </Button>
        )
      )}
      <RunMenu run={run} />
    </>
  )
}
