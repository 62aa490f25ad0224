/** Forgets what has a time to live: views, kept results, frozen reports, and what was judged long ago. */
import type { Services } from './services.ts'

const everyMs = 60_000
/** Two weeks of season and as much to compare with. */
const analysisDays = 60

export interface Expiry {
  /** @returns how many of each were dropped. */
  sweep(now?: number): Promise<{ views: number; results: number; reports: number; points: number; alerts: number }>
  stop(): void
}

/** Any number of servers may run it at once: what one has dropped the next does not find. */
export function startExpiry({ db }: Pick<Services, 'db'>): Expiry {
  async function sweep(now = Date.now()) {
    const [views, results, reports, points, alerts] = await Promise.all([
      db.views.forgetExpired(),
      db.keptResults.forgetExpired(),
      db.reportLinks.forgetExpired(),
      db.analysis.forgetBefore(now - analysisDays * 86_400_000),
      db.alerts.forgetOld(now),
    ])
    return { views, results, reports, points, alerts }
  }
  const timer = setInterval(() => {
    sweep().catch((error: unknown) => {
      const message = 'What has expired could not be dropped yet'
      console.error(JSON.stringify({ level: 'warn', message, error: String(error) }))
    })
  }, everyMs).unref()
  return { sweep, stop: () => clearInterval(timer) }
}
