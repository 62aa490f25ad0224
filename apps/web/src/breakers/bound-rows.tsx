'use client'
import Link from 'next/link'
import { serviceAddress } from '../data/hit-address.ts'
import { StateMark } from '../ui/badge.tsx'
import { formatQuantity } from '../ui/figures.ts'
import { type Bound, boundState, boundTones, boundWords, whereWords } from './breaker-words.ts'

export interface BoundLine {
  bound: Bound
  unit: string
  /** null: no value; undefined: it is over, or not asked yet. */
  value: number | null | undefined
  /** Known by pushed values only: the model has no page of it. */
  pushed: boolean
}

/** Each bound of a breaker: the measure, what it reads now, and what it must not break. */
export function BoundRows({ lines }: { lines: readonly BoundLine[] }) {
  return (
    <ul className="mt-1 space-y-0.5">
      {lines.map(({ bound, unit, value, pushed }, index) => {
        const state = boundState(bound, value)
        return (
          <li key={index} className="flex flex-wrap items-baseline gap-x-2">
            {value !== undefined && <StateMark tone={boundTones[state]} label={state.replace('-', ' ')} />}
            {pushed ? (
              <span className="font-mono text-sm">{bound.measure}</span>
            ) : (
              <Link
                href={serviceAddress(bound.measure, bound.where)}
                className="font-mono text-sm underline-offset-2 hover:underline"
              >
                {bound.measure}
              </Link>
            )}
            {whereWords(bound.where) && <span className="font-mono text-sm text-third">{whereWords(bound.where)}</span>}
            {value !== undefined && <b className="figures font-semibold">{formatQuantity(value, unit)}</b>}
            <span className="text-sm text-second">
              {boundWords(bound, unit)}
              {pushed && ', pushed'}
            </span>
          </li>
        )
      })}
    </ul>
  )
}
