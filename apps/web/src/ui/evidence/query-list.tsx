'use client'
import type { EvidenceQuery } from '@tenon/runbook'
import { Copy } from 'lucide-react'
import { toast } from 'sonner'
import { IconButton } from '../button.tsx'
import { formatDuration } from '../time-format.ts'
import { Time } from '../time.tsx'

/** The queries that reproduce a piece of evidence, each to be copied. */
export function QueryList({ queries }: { queries: EvidenceQuery[] }) {
  if (queries.length === 0)
    return <p className="py-4 text-second">This was computed from other steps; it has no query of its own.</p>
  return (
    <ul className="mt-2 space-y-3">
      {queries.map((query) => (
        <li key={`${query.source}-${query.expression}-${query.from}`}>
          <div className="flex flex-wrap items-center gap-x-2 text-sm text-third">
            <span className="font-medium text-second">{query.source}</span>
            <span>
              <Time at={query.from} /> to <Time at={query.to} />, each {formatDuration(query.stepSeconds * 1000)}
            </span>
            <IconButton
              label="Copy the query"
              size="small"
              variant="ghost"
              className="ml-auto shrink-0 max-sm:size-11"
              onClick={() => {
                void navigator.clipboard.writeText(query.expression).then(
                  () => toast.success('Query copied'),
                  () =>
                    toast.error('The browser did not allow copying', {
                      description: 'Select the text and copy it by hand.',
                    }),
                )
              }}
            >
              <Copy aria-hidden className="size-3.5" />
            </IconButton>
          </div>
          <pre className="mt-1 max-h-40 overflow-auto rounded-md border border-line bg-sunken p-2 font-mono text-sm break-words whitespace-pre-wrap">
            {query.expression}
          </pre>
        </li>
      ))}
    </ul>
  )
}
