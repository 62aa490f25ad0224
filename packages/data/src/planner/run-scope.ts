/** What one run may read of the sources, and what it has read. A run that asks too much is refused; others go on. */
import { DataError } from '../data-error.ts'

export interface RunLimits {
  /** In the whole run. */
  points: number
  series: number
  /** Of the sources' time, all questions together. */
  seconds: number
  /** The same of one source. */
  perSource: { points: number; series: number; seconds: number }
}

/** A diagnosis reads about 200,000 points in 5 s. */
export const runLimits: RunLimits = {
  points: 50_000_000,
  series: 500_000,
  seconds: 1_800,
  perSource: { points: 20_000_000, series: 200_000, seconds: 900 },
}

export interface RunScope {
  /** Runs are served in turns by it. */
  readonly id: string
  /** @throws DataError `budget-spent` */
  admit(source: string): void
  /** Counts what was read; the answer that goes beyond the budget is refused as well. @throws DataError `budget-spent` */
  charge(source: string, cost: SourceCost): void
  spent(): SourceCost
}

interface SourceCost {
  points: number
  series: number
  /** Time that the source took; nothing for what was shared. */
  seconds: number
}

const units = ['points', 'series', 'seconds'] as const

export function createRunScope(id: string, limits: RunLimits = runLimits): RunScope {
  const total: SourceCost = { points: 0, series: 0, seconds: 0 }
  const sources = new Map<string, SourceCost>()
  const spentOf = (source: string): SourceCost => sources.get(source) ?? { points: 0, series: 0, seconds: 0 }

  function check(source: string, isSpent: (spent: number, limit: number) => boolean): void {
    const own = spentOf(source)
    for (const unit of units) {
      if (isSpent(own[unit], limits.perSource[unit])) throw spentError(unit, limits.perSource[unit], `of "${source}"`)
      if (isSpent(total[unit], limits[unit])) throw spentError(unit, limits[unit], 'of its sources')
    }
  }

  return {
    id,
    admit: (source) => check(source, (spent, limit) => spent >= limit),
    charge(source, cost) {
      const own = spentOf(source)
      for (const unit of units) {
        own[unit] += cost[unit]
        total[unit] += cost[unit]
      }
      sources.set(source, own)
      check(source, (spent, limit) => spent > limit)
    },
    spent: () => ({ ...total }),
  }
}

function spentError(unit: (typeof units)[number], limit: number, where: string): DataError {
  const amount =
    unit === 'seconds' ? `${limit.toLocaleString('en')} s of the time` : `${limit.toLocaleString('en')} ${unit}`
  return new DataError('budget-spent', `This run has read ${amount} ${where}; one run may not read more.`, {
    fix: 'Ask for a shorter time, a longer step or fewer groups, or split the runbook in two.',
  })
}

/** The scopes of the runs of a process. The longest unused is forgotten: a run of a thousand others ago begins anew. */
export function createRunScopes({ limits = runLimits, most = 1_000 } = {}): (run: string) => RunScope {
  const known = new Map<string, RunScope>()
  return (run) => {
    const scope = known.get(run) ?? createRunScope(run, limits)
    known.delete(run)
    known.set(run, scope)
    for (const oldest of known.keys()) {
      if (known.size <= most) break
      known.delete(oldest)
    }
    return scope
  }
}
