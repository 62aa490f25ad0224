'use client'
import Link from 'next/link'
import { Stethoscope } from 'lucide-react'
import { VerdictChip } from '../ui/badge.tsx'
import { Button, ButtonLink } from '../ui/button.tsx'
import { plural } from '../ui/figures.ts'
import { Panel } from '../ui/panel.tsx'
import { useSession } from '../ui/session.ts'
import { useShortcut } from '../ui/shortcuts.ts'
import { EmptyState } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'
import { useDiagnose } from '../ui/use-diagnose.ts'
import { headlineOf, lossText } from './headline.ts'
import type { NowChains, NowData } from './now-data.ts'

/** The one thing that a person should read first, and the button for it. */
export function HeadlinePanel({ judged, changes }: { judged: NowChains; changes: NowData['changes'] }) {
  const { chains } = judged
  const headline = headlineOf(chains)
  const diagnose = useDiagnose()
  const { lacks } = useSession()
  const chain = headline.kind === 'nothing' || headline.kind === 'normal' ? (chains[0] ?? null) : headline.chain
  const why = lacks('operator')
  useShortcut(
    chain && !why
      ? {
          keys: 'd',
          label: `Diagnose ${chain.title}`,
          group: 'Now',
          run: () => diagnose.start({ kind: 'chain', id: chain.id }),
        }
      : null,
  )
  if (headline.kind === 'nothing' || !chain) {
    return (
      <Panel>
        <EmptyState title="No business chain yet" action={<ButtonLink href="/settings">Open settings</ButtonLink>}>
          Describe your chains in the model (docs/connect.md), and this page says at any time whether they are well.
        </EmptyState>
      </Panel>
    )
  }
  return (
    <Panel edge={headline.kind}>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-3">
        <div className="min-w-0 flex-1 basis-80">
          <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
            <VerdictChip value={headline.kind} size="large" />
            <b className="text-xl font-bold text-pretty">{headline.text}</b>
          </p>
          <p className="mt-1.5 text-second">
            {headline.kind === 'normal' ? (
              <>
                Judged <Time at={judged.judgedAt ?? judged.at} show="relative" /> against the same time on up to 14
                earlier days.
              </>
            ) : headline.kind === 'inconclusive' ? (
              <>{headline.chain.verdict.reasons[0] ?? 'Too little was seen.'}</>
            ) : (
              <AbnormalFacts changes={changes} chain={headline.chain} others={headline.others} />
            )}
          </p>
        </div>
        <div className="flex flex-col items-stretch gap-1.5 max-sm:w-full">
          <Button
            variant={headline.kind === 'normal' ? 'secondary' : 'primary'}
            shortcut="D"
            icon={<Stethoscope aria-hidden className="size-4" />}
            busy={diagnose.busy}
            disabledReason={why}
            onClick={() => diagnose.start({ kind: 'chain', id: chain.id })}
          >
            Diagnose
          </Button>
          {chain.owner && <span className="text-center text-sm text-third">owner: {chain.owner}</span>}
        </div>
      </div>
    </Panel>
  )
}

type Chain = NowChains['chains'][number]

interface AbnormalFactsProps {
  chain: Chain
  changes: NowData['changes']
  others: number
}

function AbnormalFacts({ chain, changes, others }: AbnormalFactsProps) {
  const loss = lossText(chain, chain.unit)
  const since = chain.since === null ? null : Date.parse(chain.since)
  // Only a hint of what lies close; the diagnosis says whether it has to do with it.
  const near =
    since === null ? null : changes.find((change) => Math.abs(Date.parse(change.startedAt) - since) < 10 * 60_000)
  const facts = [
    chain.since && (
      <>
        since <Time at={chain.since} />
      </>
    ),
    chain.worstStep && <>worst at {chain.worstStep.title}</>,
    loss,
    near && (
      <>
        change{' '}
        <Link className="underline underline-offset-2" href="/changes">
          {near.id}
        </Link>{' '}
        began <Time at={near.startedAt} />
      </>
    ),
    others > 0 && <>{plural(others, 'other chain')} abnormal too</>,
  ].filter(Boolean)
  return (
    <>
      {facts.map((fact, index) => (
        <span key={index}>
          {index > 0 && ' · '}
          {fact}
        </span>
      ))}
    </>
  )
}
