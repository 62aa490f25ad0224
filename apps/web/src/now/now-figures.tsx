import type { NowChains, NowData } from './now-data.ts'

interface Figure {
  label: string
  /** Null while it is not known. */
  value: number | null
  note: string
}

/** The day in four figures. What is not known is not zero. */
export function NowFigures({ chains, now }: { chains: NowChains['chains'] | null; now: NowData | null }) {
  return (
    <dl className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      {[chainFigure(chains), ...nowFigures(now)].map(({ label, value, note }) => (
        <div key={label} className="rounded-xl border border-line bg-panel px-4 py-3 shadow-rest">
          <dt className="text-sm text-third">{label}</dt>
          <dd className="mt-0.5 flex items-baseline gap-2">
            <span className="figures text-2xl font-bold">{value ?? '–'}</span>
            <span className="min-w-0 text-sm font-medium text-second">{note}</span>
          </dd>
        </div>
      ))}
    </dl>
  )
}

function chainFigure(chains: NowChains['chains'] | null): Figure {
  const label = 'Chains normal'
  if (!chains) return { label, value: null, note: 'not judged yet' }
  const count = (value: 'normal' | 'inconclusive'): number =>
    chains.filter(({ verdict }) => verdict.value === value).length
  const unjudged = count('inconclusive')
  return {
    label,
    value: count('normal'),
    note: `of ${chains.length}${unjudged > 0 ? `, ${unjudged} not judged` : ''}`,
  }
}

function nowFigures(now: NowData | null): Figure[] {
  const asked = now?.approvals.length ?? null
  return [
    {
      label: 'Waiting for approval',
      value: asked,
      note: asked === null ? '' : asked === 0 ? 'nobody is asked' : asked === 1 ? 'decision' : 'decisions',
    },
    {
      label: 'Changes, 24 h',
      value: now?.changes.length ?? null,
      note: now && now.changes.length >= 20 ? 'or more' : '',
    },
    {
      label: 'Actions in effect',
      value: now?.inEffect.length ?? null,
      note: now?.writesStopped ? 'all writes are stopped' : '',
    },
  ]
}
