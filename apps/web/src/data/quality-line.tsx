'use client'
import type { DataQuality } from '@tenon/runbook'
import { Badge } from '../ui/badge.tsx'
import { formatPercent } from '../ui/figures.ts'
import { formatDuration } from '../ui/time-format.ts'
import { qualityTone } from './quality-tone.ts'

/** How far an answer can be trusted: how much of it was there, how old its newest point is, how fine it is, and what is missing. */
export function QualityLine({ quality, stepSeconds }: { quality: DataQuality; stepSeconds: number }) {
  const { completeness, freshnessSeconds, notes } = quality
  const tone = qualityTone(quality, stepSeconds)
  return (
    <div className="mt-3 text-sm" data-testid="quality">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-second">
        <Badge tone={tone}>{tone === 'normal' ? 'whole' : freshnessSeconds === null ? 'no data' : 'partial'}</Badge>
        <span>
          complete <b className="figures font-semibold text-ink">{formatPercent(completeness)}</b>
        </span>
        <span>
          newest point{' '}
          <b className="figures font-semibold text-ink">
            {freshnessSeconds === null ? 'none' : `${formatDuration(freshnessSeconds * 1000)} old`}
          </b>
        </span>
        <span>
          one point each <b className="figures font-semibold text-ink">{formatDuration(stepSeconds * 1000)}</b>
        </span>
      </p>
      {notes.length > 0 && (
        <ul className="mt-1 list-disc pl-4 text-second">
          {notes.slice(0, mostNotes).map((note) => (
            <li key={note}>{note}</li>
          ))}
          {notes.length > mostNotes && <li>and {notes.length - mostNotes} more</li>}
        </ul>
      )}
    </div>
  )
}

const mostNotes = 8
