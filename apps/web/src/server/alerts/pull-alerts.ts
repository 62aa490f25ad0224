/** Asks every Alertmanager that is connected what fires there: what its webhook did not tell, and what ended without a word. */
import { readAlerts } from '@tenon/data'
import type { Database } from '@tenon/db'
import { problemOf } from '../errors.ts'
import { storeAlerts, type AlertParts } from './store-alerts.ts'

const everyMs = 15_000
const longestSeconds = 10

type PullParts = AlertParts & { db: Pick<Database, 'connections' | 'alerts' | 'alertSources'> }

export interface AlertPull {
  /** Asks all once. What does not answer is on record as such, and nothing of it is closed. @returns how many answered. */
  pull(): Promise<number>
  stop(): void
}

/** Any number of servers may run it at once: what one has stored the next finds. */
export function startAlertPull(services: PullParts): AlertPull {
  let turn: Promise<unknown> = Promise.resolve()
  const pull = (): Promise<number> => {
    const mine = turn.then(() => pullAll(services))
    turn = mine.catch(() => undefined)
    return mine
  }
  let busy = false
  const timer = setInterval(() => {
    if (busy) return
    busy = true
    pull()
      .catch((error: unknown) => {
        const message = 'Alertmanagers could not be asked'
        console.error(JSON.stringify({ level: 'warn', message, error: String(error) }))
      })
      .finally(() => {
        busy = false
      })
  }, everyMs).unref()
  return { pull, stop: () => clearInterval(timer) }
}

async function pullAll(services: PullParts): Promise<number> {
  const { db } = services
  const names = (await db.connections.list()).flatMap(({ name, kind }) => (kind === 'alertmanager' ? [name] : []))
  await db.alertSources.keepPulled(names)
  const answered = await Promise.all(names.map((name) => pullOne(services, name)))
  return answered.filter(Boolean).length
}

async function pullOne(services: PullParts, name: string): Promise<boolean> {
  const { db } = services
  try {
    const address = await db.connections.address(name)
    if (!address) return false
    const now = Date.now()
    const alerts = await readAlerts(address, { seconds: longestSeconds })
    // It tells when an alert ends unless it is sent again: what is told still fires.
    const told = alerts.filter(({ startsAt }) => startsAt <= now).map((alert) => ({ ...alert, endsAt: null }))
    await storeAlerts(services, name, told, { pulled: true })
    return true
  } catch (error) {
    const { message, fix } = problemOf(error)
    await db.alertSources.failed(name, `${message} ${fix}`.slice(0, 1000))
    return false
  }
}
