'use client'
/** One alert: what it turned out to be, on what evidence, and all that its rule said. */
import Link from 'next/link'
import { useQuery } from '@tanstack/react-query'
import { Stethoscope } from 'lucide-react'
import { type Outputs, useApi } from '../ui/api.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button, ButtonLink } from '../ui/button.tsx'
import { EvidenceView } from '../ui/evidence/evidence-view.tsx'
import { Facts, Panel } from '../ui/panel.tsx'
import { useSession } from '../ui/session.ts'
import { Shell } from '../ui/shell.tsx'
import { useShortcut } from '../ui/shortcuts.ts'
import { ErrorState, LoadingRows } from '../ui/states.tsx'
import { Elapsed, Time } from '../ui/time.tsx'
import { useDiagnose } from '../ui/use-diagnose.ts'
import { filterAddress } from './alert-filter.ts'
import { GroupChildren } from './group-children.tsx'
import { LabelButtons } from './label-buttons.tsx'
import { useLabel } from './use-label.ts'
import { lookOf } from './verdict-words.ts'

export function AlertPage({ id }: { id: string }) {
  const api = useApi()
  const found = useQuery(api.alerts.get.queryOptions({ id }))
  const diagnose = useDiagnose()
  const { lacks } = useSession()
  const why = lacks('operator')
  const start = (): void => diagnose.start({ kind: 'alert', id })
  useShortcut(why || !found.data ? null : { keys: 'd', label: 'Diagnose', group: 'Alert', run: start })
  return (
    <Shell
      crumbs={[{ title: 'Alerts', href: '/alerts' }, { title: found.data?.alert.name ?? 'Alert' }]}
      actions={
        found.data && (
          <Button
            variant="primary"
            shortcut="D"
            icon={<Stethoscope aria-hidden className="size-3.5" />}
            busy={diagnose.busy}
            disabledReason={why}
            onClick={start}
          >
            Diagnose
          </Button>
        )
      }
    >
      {found.data ? (
        <Found {...found.data} />
      ) : found.isError ? (
        <Panel>
          <ErrorState
            what="The alert could not be opened"
            error={found.error}
            retry={() => void found.refetch()}
            className="px-0"
          />
          <ButtonLink href="/alerts">All alerts</ButtonLink>
        </Panel>
      ) : (
        <LoadingRows rows={6} label="Loading the alert" />
      )}
    </Shell>
  )
}

function Found({ alert, group }: Outputs['alerts']['get']) {
  const look = lookOf(alert.verdict)
  const labelling = useLabel()
  const { lacks } = useSession()
  const { summary, description, runbook_url: runbook, ...others } = alert.annotations
  return (
    <div className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_320px]">
      <div className="min-w-0 space-y-4">
        <Panel edge={look.tone}>
          <p className="flex flex-wrap items-center gap-2">
            <Badge tone={look.tone} shape size="large">
              {look.word}
            </Badge>
            <span>{alert.severity}</span>
            <span className="text-second">
              {alert.endsAt === null ? 'fires since ' : 'fired from '}
              <Time at={alert.startsAt} />, <Elapsed from={alert.startsAt} to={alert.endsAt} />
            </span>
          </p>
          <h2 className="mt-2 text-lg font-semibold text-pretty">{summary ?? alert.name}</h2>
          {description && <p className="text-second text-pretty">{description}</p>}
          <p className="mt-2 text-pretty">
            <b className="font-semibold">Why: </b>
            {alert.reason || look.meaning}
          </p>
          <div className="mt-3 flex flex-wrap items-center gap-2">
            <span className="text-sm text-third">Its group was</span>
            <LabelButtons
              title={group.title}
              label={labelling.labelOf(group)}
              lacks={lacks('operator')}
              onLabel={(label) => labelling.label([group], label)}
            />
          </div>
        </Panel>
        {alert.evidence.map((evidence, index) => (
          <EvidenceView key={index} evidence={evidence} group={alert.id} />
        ))}
        <Panel
          title={`Alerts of “${group.title}”`}
          aside={
            <Link href={filterAddress({ state: 'all', text: group.title })} className="hover:text-ink">
              in the list
            </Link>
          }
        >
          <GroupChildren group={group} />
        </Panel>
      </div>
      <div className="space-y-4">
        <Panel title="Alert">
          <Facts
            items={[
              ...(alert.entity
                ? [
                    {
                      label: 'entity',
                      value: (
                        <Link
                          href={`/data/entities/${encodeURIComponent(alert.entity)}`}
                          className="text-accent hover:underline"
                        >
                          {alert.entity}
                        </Link>
                      ),
                    },
                  ]
                : []),
              ...(alert.measure ? [{ label: 'measure', value: alert.measure }] : []),
              { label: 'source', value: alert.source },
              ...(alert.decidedAt ? [{ label: 'judged', value: <Time at={alert.decidedAt} /> }] : []),
              ...(alert.runId ? [{ label: 'evidence', value: <RunLink id={alert.runId} /> }] : []),
              ...(isWeb(alert.generatorUrl) ? [{ label: 'rule', value: <Outside href={alert.generatorUrl} /> }] : []),
              ...(runbook && isWeb(runbook) ? [{ label: 'runbook', value: <Outside href={runbook} /> }] : []),
            ]}
          />
        </Panel>
        <Panel title="Labels">
          <Facts items={Object.entries(alert.labels).map(([label, value]) => ({ label, value }))} />
        </Panel>
        {Object.keys(others).length > 0 && (
          <Panel title="Annotations">
            <Facts items={Object.entries(others).map(([label, value]) => ({ label, value }))} />
          </Panel>
        )}
      </div>
    </div>
  )
}

function RunLink({ id }: { id: string }) {
  return (
    <Link href={`/runs/${id}`} className="text-accent hover:underline">
      the run that judged it
    </Link>
  )
}

function Outside({ href }: { href: string }) {
  return (
    <a href={href} target="_blank" rel="noreferrer" className="break-all text-accent hover:underline">
      {new URL(href).host}
    </a>
  )
}

/** Senders write these addresses: only those that open a page become links. */
function isWeb(address: string): boolean {
  return URL.canParse(address) && /^https?:$/.test(new URL(address).protocol)
}
