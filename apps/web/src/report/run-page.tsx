'use client'
import { useState } from 'react'
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
import { Tabs } from '../ui/tabs.tsx'
import { Time } from '../ui/time.tsx'
import { CancelRun } from './cancel-run.tsx'
import { EvidenceList } from './evidence-list.tsx'
import { Hypotheses } from './hypotheses.tsx'
import { ReportHeadline } from './report-headline.tsx'
import { type RunDetail, waitingApproval } from './run-view-model.ts'
import { RunMenu } from './run-menu.tsx'
import { RunSide } from './run-side.tsx'
import { Timeline } from './timeline.tsx'

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

type Tab = 'report' | 'timeline'

function Loaded({ run }: { run: RunDetail }) {
  const [tab, setTab] = useState<Tab>('report')
  return (
    <Shell
      crumbs={[{ title: 'Runs', href: '/runs' }, { title: `${run.runbook.title}` }]}
      state={
        <>
          <Badge tone={runTone(run)}>{runWord(run)}</Badge>
          {waitingApproval(run) && <Badge tone="waiting">waits for approval</Badge>}
          <code className="font-mono text-third">{run.id.slice(0, 8)}</code>
          <span>
            as of <Time at={run.asOf} />
          </span>
        </>
      }
      actions={<RunActions run={run} />}
    >
      <div className="grid gap-4 xl:grid-cols-[minmax(0,1fr)_320px]">
        <div className="min-w-0 space-y-4">
          <ReportHeadline run={run} />
          <Tabs<Tab>
            label="What to show"
            value={tab}
            onChange={setTab}
            items={[
              {
                value: 'report',
                label: 'Evidence',
                content: (
                  <div className="space-y-4 pt-4">
                    <EvidenceList run={run} />
                    <Hypotheses run={run} />
                  </div>
                ),
              },
              { value: 'timeline', label: 'Timeline', content: <Timeline run={run} /> },
            ]}
          />
        </div>
        <RunSide run={run} />
      </div>
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
  const rerun = (): void => again.mutate({ name: run.runbook.name, params: run.params })
  // A draft may be another one by now; it is run from the editor.
  const canRerun = run.version !== null
  useShortcut(canRerun && !why ? { keys: 'r', label: 'Run it again', group: 'Run', run: rerun } : null)
  return (
    <>
      <ButtonLink
        href={`/runbooks/${run.runbook.name}?run=${run.id}`}
        className="max-md:hidden"
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
