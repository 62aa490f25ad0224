'use client'
import { Stethoscope } from 'lucide-react'
import { VerdictChip } from '../ui/badge.tsx'
import { IconButton } from '../ui/button.tsx'
import { Sparkline } from '../ui/evidence/sparkline.tsx'
import { formatChange, formatQuantity } from '../ui/figures.ts'
import { Panel } from '../ui/panel.tsx'
import { useSession } from '../ui/session.ts'
import { Time } from '../ui/time.tsx'
import { useDiagnose } from '../ui/use-diagnose.ts'
import type { NowChains } from './now-data.ts'

type Chain = NowChains['chains'][number]

export function ChainTable({ chains }: { chains: Chain[] }) {
  const diagnose = useDiagnose()
  const { lacks } = useSession()
  if (chains.length === 0) return null
  return (
    <Panel title="Business chains" aside="last hour, expected range shaded" flush>
      <div className="overflow-x-auto">
        <table className="w-full text-base">
          <thead>
            <tr className="text-left text-sm text-third">
              <th scope="col" className="px-4 py-1.5 font-normal">
                chain
              </th>
              <th scope="col" className="px-4 py-1.5 font-normal">
                now against baseline
              </th>
              <th scope="col" className="px-4 py-1.5 font-normal max-md:hidden">
                last hour
              </th>
              <th scope="col" className="px-4 py-1.5 font-normal max-sm:hidden">
                worst step
              </th>
              <th scope="col" className="px-4 py-1.5 font-normal max-sm:hidden">
                judged
              </th>
              <th scope="col" className="w-12 px-2">
                <span className="sr-only">Diagnose</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {chains.map((chain) => (
              <tr key={chain.id} className="border-t border-line">
                <th scope="row" className="px-4 py-2 text-left font-semibold">
                  {chain.title}
                </th>
                <td className="px-4 py-2">
                  <VerdictChip value={chain.verdict.value} label={chipLabel(chain)} />
                  {chain.problem && (
                    <p className="mt-1 max-w-72 text-sm text-second">{`${chain.problem.message} ${chain.problem.fix}`}</p>
                  )}
                </td>
                <td className="px-4 py-2 max-md:hidden">
                  <Sparkline
                    points={chain.spark}
                    band={chain.band}
                    tone={chain.verdict.value}
                    label={`${chain.title}, last hour: now ${formatQuantity(chain.actual, chain.unit)}, expected ${formatQuantity(chain.expected, chain.unit)}`}
                  />
                </td>
                <td className="px-4 py-2 max-sm:hidden">{chain.worstStep?.title ?? '–'}</td>
                <td className="px-4 py-2 text-second max-sm:hidden">
                  <Time at={chain.judgedAt} show="relative" />
                </td>
                <td className="px-2 py-1">
                  <IconButton
                    label={`Diagnose ${chain.title}`}
                    variant="ghost"
                    disabledReason={lacks('operator')}
                    busy={diagnose.busy}
                    onClick={() => diagnose.start({ kind: 'chain', id: chain.id })}
                  >
                    <Stethoscope aria-hidden className="size-4" />
                  </IconButton>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  )
}

function chipLabel({ verdict, deviation }: Chain): string | undefined {
  if (verdict.value === 'inconclusive') return verdict.quality.completeness === 0 ? 'no data' : undefined
  return deviation === null ? undefined : formatChange(deviation)
}
