import { matrixColumns, matrixRows } from '@tenon/runbook/backtest'
import { classNames } from '../ui/class-names.ts'
import type { Backtest } from './backtest-words.ts'

/** What people say against what the runbook said; the right cells are tinted. */
export function ConfusionMatrix({ matrix }: { matrix: Backtest['summary']['matrix'] }) {
  const rows = matrixRows.filter((row) => matrixColumns.some((column) => matrix[row][column] > 0))
  const columns = matrixColumns.filter(
    (column) => column === 'normal' || column === 'abnormal' || rows.some((row) => matrix[row][column] > 0),
  )
  if (rows.length === 0) return <p className="text-second">No case has ended yet.</p>
  return (
    <div className="overflow-x-auto">
      <table className="text-base" aria-label="Confusion matrix">
        <thead>
          <tr className="text-left text-sm text-third">
            <th scope="col" className="py-1 pr-4 font-normal">
              labelled
            </th>
            {columns.map((column) => (
              <th key={column} scope="col" className="px-3 py-1 text-right font-normal">
                {column === 'none' ? 'no verdict' : column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row} className="border-t border-line">
              <th scope="row" className="py-1.5 pr-4 text-left font-medium">
                {row}
              </th>
              {columns.map((column) => (
                <td
                  key={column}
                  className={classNames(
                    'figures px-3 py-1.5 text-right',
                    matrix[row][column] === 0 && 'text-third',
                    row === column && 'bg-normal-tint text-normal',
                    row !== 'unlabelled' &&
                      row !== column &&
                      matrix[row][column] > 0 &&
                      'bg-abnormal-tint text-abnormal',
                  )}
                >
                  {matrix[row][column]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
