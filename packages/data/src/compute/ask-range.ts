/** The time that is asked for, unix milliseconds: with `from`, without `to`. */
import { DataError } from '../data-error.ts'
import type { ComputeAsk } from './ask.ts'
import type { AskRange } from './rows-ask.ts'

/** More steps are no table that somebody reads. */
const mostSteps = 11_000

/** @throws DataError `bad-query`, `query-too-large` */
export function askRange({ range, stepSeconds }: ComputeAsk): AskRange {
  const [from, to] = [moment(range.from), moment(range.to)]
  if (from >= to)
    throw new DataError('bad-query', 'The time asked for begins when it ends, or later.', {
      fix: 'Let "from" be before "to".',
    })
  if (stepSeconds !== undefined && (to - from) / 1000 / stepSeconds > mostSteps)
    throw new DataError('query-too-large', `The time has more than ${mostSteps} steps of ${stepSeconds} s.`, {
      fix: `Use steps of at least ${Math.ceil((to - from) / 1000 / mostSteps)} s, or a shorter time.`,
    })
  return { from, to }
}

const moment = (given: string | number): number => (typeof given === 'number' ? given : Date.parse(given))
