'use client'
import { useMemo } from 'react'
import { useQuery } from '@tanstack/react-query'
import { FileDown, Link2, Snowflake } from 'lucide-react'
import { type Outputs, useApi } from '../ui/api.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button, ButtonLink, IconButton } from '../ui/button.tsx'
import { copyText } from '../ui/copy-text.ts'
import { Menu } from '../ui/menu.tsx'
import { Panel } from '../ui/panel.tsx'
import { Shell } from '../ui/shell.tsx'
import { ErrorState, LoadingRows } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'
import { reportView } from './content/report-view.ts'
import { exportItems } from './export-items.tsx'
import { SuggestedText } from './next-action.tsx'
import { ReportBody } from './report-body.tsx'
import { useReportFile } from './use-report-file.ts'

type Frozen = Outputs['reports']['get']

/** A report as it was when somebody froze it. Nothing can be done from here but read, export and open its run. */
export function FrozenPage({ id }: { id: string }) {
  const api = useApi()
  const report = useQuery(api.reports.get.queryOptions({ id }, { staleTime: Number.POSITIVE_INFINITY }))
  if (report.data) return <Loaded frozen={report.data} />
  return (
    <Shell crumbs={[{ title: 'Runs', href: '/runs' }, { title: 'Frozen report' }]}>
      <Panel flush>
        {report.isError ? (
          <ErrorState what="The report could not be loaded" error={report.error} retry={() => void report.refetch()} />
        ) : (
          <LoadingRows rows={6} label="Loading the report" />
        )}
      </Panel>
    </Shell>
  )
}

function Loaded({ frozen }: { frozen: Frozen }) {
  const { content, link, runId } = frozen
  const view = useMemo(() => reportView(content), [content])
  const file = useReportFile({ frozenId: frozen.id })
  return (
    <Shell
      crumbs={[{ title: 'Runs', href: '/runs' }, { title: content.run.runbook.title }]}
      state={
        <Badge tone="neutral">
          <Snowflake aria-hidden className="size-3" /> frozen
        </Badge>
      }
      actions={
        <>
          <ButtonLink href={`/runs/${runId}`} className="max-md:hidden">
            Open the run
          </ButtonLink>
          <Button
            icon={<Link2 aria-hidden className="size-3.5" />}
            className="max-sm:hidden"
            onClick={() => copyText(link, 'Link copied')}
          >
            Copy link
          </Button>
          <Menu
            trigger={
              <IconButton label="Export this report" className="max-sm:size-11" busy={file.busy}>
                <FileDown aria-hidden className="size-4" />
              </IconButton>
            }
            items={exportItems(file.download)}
          />
        </>
      }
    >
      <p className="mb-3 text-sm text-second">
        Frozen <Time at={frozen.createdAt} /> by {frozen.createdBy}; kept until <Time at={frozen.expiresAt} />. Nothing
        on this page changes any more.
      </p>
      <ReportBody
        content={content}
        view={view}
        action={view.nextAction && <SuggestedText suggested={view.nextAction} />}
      />
    </Shell>
  )
}
