'use client'
import { formatQuantity } from '../figures.ts'
import { formatClock, formatZone } from '../time-format.ts'
import { useZone } from '../zone.ts'
import { chartColumns, type SeriesEvidence } from './chart-data.ts'

/** The same figures as a table, newest first: for screen readers, for copying, for doubt. */
export function SeriesTable({ evidence, height = 170 }: { evidence: SeriesEvidence; height?: number }) {
  const zone = useZone()
  const columns = chartColumns(evidence)
  const order = columns.times.map((_time, index) => index).reverse()
  const first = columns.times[0]
  return (
    <section
      aria-label={`${evidence.title}, table`}
      // A box that scrolls must be reachable by keyboard.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      style={{ height }}
      className="mt-2 overflow-auto rounded-md border border-line"
    >
      <table className="w-full border-collapse text-sm">
        <thead className="sticky top-0 bg-sunken text-left text-third">
          <tr>
            <th scope="col" className="px-2 py-1 font-medium">
              time{first === undefined ? '' : `, ${formatZone(first * 1000, zone)}`}
            </th>
            {evidence.series.map((line) => (
              <th key={line.name} scope="col" className="px-2 py-1 text-right font-medium">
                {line.name}
              </th>
            ))}
            {columns.low && (
              <th scope="col" className="px-2 py-1 text-right font-medium">
                expected
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {order.map((index) => (
            <tr key={columns.times[index]} className="border-t border-line">
              <th scope="row" className="px-2 py-0.5 text-left font-normal whitespace-nowrap text-second">
                {formatClock(columns.times[index]! * 1000, zone, true)}
              </th>
              {columns.series.map((values, line) => (
                <td
                  key={evidence.series[line]!.name}
                  className={values[index] === null ? 'px-2 text-right text-inconclusive' : 'px-2 text-right'}
                >
                  {values[index] === undefined ? '' : formatQuantity(values[index], evidence.unit)}
                </td>
              ))}
              {columns.low && (
                <td className="px-2 text-right whitespace-nowrap text-third">
                  {typeof columns.low[index] === 'number' && typeof columns.high?.[index] === 'number'
                    ? `${formatQuantity(columns.low[index], evidence.unit)} to ${formatQuantity(columns.high[index], evidence.unit)}`
                    : ''}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
