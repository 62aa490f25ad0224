/** What the server does by itself: makes schedules what the database says, works on events that nobody has decided, asks Alertmanagers what fires, and forgets what has expired. */
import { startAlertPull } from './alerts/pull-alerts.ts'
import { startExpiry } from './expiry.ts'
import { startDispatcher } from './inbound/dispatcher.ts'
import { syncAllSchedules } from './schedules.ts'
import type { Services } from './services.ts'

const againMs = 30_000

export function startBackground(services: Services): { stop(): void } {
  const dispatcher = startDispatcher(services)
  const expiry = startExpiry(services)
  const alerts = startAlertPull(services)
  let again: NodeJS.Timeout | undefined

  /** Until all of it succeeded once. What people change later is told to Temporal when they change it. */
  async function sync(): Promise<void> {
    let failed = false
    const warn = (what: string, error: unknown): void => {
      failed = true
      const message = `The schedule of ${what} is not synchronised yet`
      console.error(JSON.stringify({ level: 'warn', message, error: String(error) }))
    }
    await syncAllSchedules(services, warn).catch((error: unknown) => warn('all runbooks', error))
    if (failed) again = setTimeout(() => void sync(), againMs).unref()
  }

  // The pages need not wait for it.
  void sync()
  return {
    stop() {
      clearTimeout(again)
      dispatcher.stop()
      expiry.stop()
      alerts.stop()
    },
  }
}
