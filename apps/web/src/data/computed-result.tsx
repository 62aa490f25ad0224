'use client'
/** What a dynamic compute answered: chart where it has a time, table, the query that ran, and what bounded it. */
import { useMemo, useState } from 'react'
import { type Outputs } from '../ui/api.tsx'
import { Badge } from '../ui/badge.tsx'
import { QueryText } from './query-text.tsx'
import { formatNumber, plural } from '../ui/figures.ts'
import { formatDuration, formatExact } from '../ui/time-format.ts'
import { Tabs } from '../ui/tabs.tsx'
import { useZone } from '../ui/zone.ts'
import { computedLines } from './computed-series.ts'
import { formatBytes } from './format-bytes.ts'
import { SeriesExplorer } from './series-explorer.tsx'
import type { HiddenLines } from './shown-lines.ts'
import type { Span } from './time-range.ts'

export type Computed = Outputs['data']['compute']
type Tab = 'chart' | 'table' | 'query'

export function ComputedResult({ result, span }: { result: Computed; span: Span }) {
  const lines = useMemo(() => computedLines(result), [result])
  const [tab, setTab] = useState<Tab>(lines ? 'chart' : 'table')
  const [hidden, setHidden] = useState<HiddenLines>(new Set())
  const { bounds, notes, read } = result
  return (
    <div data-testid="computed">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-second">
        <Badge tone={bounds.isCut ? 'inconclusive' : 'normal'}>{bounds.isCut ? 'cut' : 'whole'}</Badge>
        <span>{plural(result.rows.length, 'row')}</span>
        <span>
          {formatDuration(result.tookSeconds * 1000)} of {formatDuration(bounds.seconds.limit * 1000)}
        </span>
        {bounds.bytes.used > 0 && (
          <span>
            {formatBytes(bounds.bytes.used)} of {formatBytes(bounds.bytes.limit)} read
          </span>
        )}
        {read && (
          <span>
            {read.matched.toLocaleString('en-GB')} lines used
            {read.malformed > 0 && (
              <b className="font-semibold text-inconclusive">
                , {read.malformed.toLocaleString('en-GB')} could not be read
              </b>
            )}
          </span>
        )}
      </p>
      {notes.length > 0 && (
        <ul className="mt-1 list-disc pl-4 text-sm text-second">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      <Tabs<Tab>
        label="Result"
        className="mt-3"
        value={tab}
        onChange={setTab}
        items={[
          ...(lines
            ? [
                {
                  value: 'chart' as const,
                  label: 'Chart',
                  content: (
                    <>
                      <SeriesExplorer
                        evidence={{ kind: 'series', id: 'computed', title: 'Computed', unit: '', series: lines.series }}
                        span={span}
                        hidden={hidden}
                        onHide={setHidden}
                      />
                      {lines.total > lines.series.length && (
                        <p className="text-sm text-second">
                          The first {lines.series.length} of {lines.total} lines.
                        </p>
                      )}
                    </>
                  ),
                },
              ]
            : []),
          { value: 'table', label: 'Table', content: <ResultTable result={result} /> },
          { value: 'query', label: 'Query', content: <QueryText text={result.query} /> },
        ]}
      />
    </div>
  )
}

/** A page of a browser cannot hold 10,000 rows well; the API gives all. */
const mostRows = 500

function ResultTable({ result: { columns, rows } }: { result: Computed }) {
  const zone = useZone()
  const show = (value: string | number | boolean | null, type: Computed['columns'][number]['type']): string => {
    if (value === null) return 'none'
    if (type === 'time' && typeof value === 'number') return formatExact(value, zone)
    return typeof value === 'number' ? formatNumber(value) : String(value)
  }
  return (
    <>
      <section
        aria-label="Rows"
        // A box that scrolls must be reachable by keyboard.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        className="mt-2 max-h-[480px] overflow-auto rounded-md border border-line"
      >
        <table className="w-full text-base">
          <thead className="sticky top-0 bg-sunken text-left text-sm text-third">
            <tr>
              {columns.map(({ name, type }) => (
                <th
                  key={name}
                  scope="col"
                  className={type === 'number' ? 'px-3 py-1 text-right font-medium' : 'px-3 py-1 font-medium'}
                >
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, mostRows).map((row, at) => (
              // Two rows can hold the same; their places tell them apart, and they never move.
              // oxlint-disable-next-line react/no-array-index-key
              <tr key={at} className="border-t border-line">
                {columns.map(({ name, type }, index) => (
                  <td
                    key={name}
                    title={typeof row[index] === 'number' ? String(row[index]) : undefined}
                    className={
                      type === 'number'
                        ? 'px-3 py-1 text-right whitespace-nowrap'
                        : 'max-w-96 truncate px-3 py-1 whitespace-nowrap'
                    }
                  >
                    {show(row[index] ?? null, type)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {rows.length === 0 && <p className="px-3 py-4 text-second">Nothing matches: no rows. No data is not zero.</p>}
      </section>
      {rows.length > mostRows && (
        <p className="mt-1 text-sm text-third">
          The first {mostRows} of {plural(rows.length, 'row')} are shown; the API gives all.
        </p>
      )}
    </>
  )
}
