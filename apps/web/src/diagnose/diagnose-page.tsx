'use client'
/** Where a link for a diagnosis leads. Opening it starts nothing, as mail programs and chats open links by themselves; one press does. */
import Link from 'next/link'
import { useSearchParams } from 'next/navigation'
import { useQuery } from '@tanstack/react-query'
import { Link2Off } from 'lucide-react'
import { type Outputs, useApi } from '../ui/api.tsx'
import { Badge } from '../ui/badge.tsx'
import { ButtonLink } from '../ui/button.tsx'
import { DiagnoseButton } from '../ui/diagnose-button.tsx'
import { Facts, Panel } from '../ui/panel.tsx'
import { Shell } from '../ui/shell.tsx'
import { EmptyState, ErrorState, LoadingRows } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'
import { askedOf, type LinkAsked } from './link-asked.ts'

export function DiagnosePage() {
  const asked = askedOf(useSearchParams())
  return (
    <Shell crumbs={[{ title: 'Diagnose' }]} width="narrow">
      <Panel>
        {typeof asked === 'string' ? (
          <EmptyState
            icon={<Link2Off aria-hidden />}
            title="The link cannot be read"
            action={<ButtonLink href="/">Go to Now</ButtonLink>}
          >
            {asked} A whole one is /diagnose?chain=card-payment or /diagnose?entity=payment&symptom=latency.
          </EmptyState>
        ) : (
          <Confirm asked={asked} />
        )}
      </Panel>
    </Shell>
  )
}

function Confirm({ asked }: { asked: LinkAsked }) {
  const api = useApi()
  const { subject, about } = asked
  const preview = useQuery(api.diagnose.preview.queryOptions({ subject, ...about }))
  if (preview.isPending) return <LoadingRows rows={4} label="Looking for the runbook" />
  if (preview.isError) {
    return (
      <>
        <ErrorState
          what={`${subject.id} cannot be diagnosed`}
          error={preview.error}
          retry={() => void preview.refetch()}
          className="px-0"
        />
        <ButtonLink href="/coverage">What has a runbook</ButtonLink>
      </>
    )
  }
  return <Found asked={asked} preview={preview.data} />
}

function Found({ asked: { subject, about }, preview }: { asked: LinkAsked; preview: Outputs['diagnose']['preview'] }) {
  const { title, about: what, runbook, general, asOf } = preview
  return (
    <div className="space-y-4">
      <div>
        <h2 className="text-xl font-bold text-pretty">Diagnose {title}?</h2>
        <p className="mt-1 text-second">
          It reads the data and concludes within a minute. What a runbook would change waits for a person’s approval.
        </p>
      </div>
      <Facts
        items={[
          { label: 'what', value: what },
          {
            label: 'runbook',
            value: (
              <span className="flex flex-wrap items-center gap-2">
                <Link href={`/runbooks/${runbook.name}`} className="text-accent hover:underline">
                  {runbook.title}
                </Link>
                {general && <Badge>the general one</Badge>}
              </span>
            ),
          },
          { label: 'looks at', value: asOf === null ? 'now' : <Time at={asOf} /> },
        ]}
      />
      <div className="flex flex-wrap gap-2">
        <DiagnoseButton variant="primary" subject={subject} about={about} />
        <AboutIt subject={subject} />
      </div>
    </div>
  )
}

/** Where to look at it instead. */
function AboutIt({ subject: { kind, id } }: Pick<LinkAsked, 'subject'>) {
  switch (kind) {
    case 'chain':
      return <ButtonLink href="/">See it on Now</ButtonLink>
    case 'entity':
      return <ButtonLink href={`/data/entities/${encodeURIComponent(id)}`}>See its data</ButtonLink>
    case 'measure':
      return <ButtonLink href={`/data/services/${encodeURIComponent(id)}`}>See its data</ButtonLink>
    case 'alert':
      return <ButtonLink href="/alerts">See the alerts</ButtonLink>
  }
}
