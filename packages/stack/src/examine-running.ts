/** What of a running start answers, and where: for the doctor, and for people who want to look into the database themselves. */
import { connect } from 'node:net'
import type { Finding } from './finding.ts'
import type { Running } from './running.ts'
import { isServing } from './temporal.ts'

const TIMEOUT_MS = 3_000

/** Asks each part; none takes longer than three seconds. Passwords are left out. */
export async function examineRunning(running: Running): Promise<Finding[]> {
  const database = new URL(running.databaseUrl)
  const questions: { part: string; where: string | null; log: string; ask: () => Promise<boolean> }[] = [
    { part: 'Web', where: running.url, log: 'web', ask: () => answersWell(`${running.url}/readyz`) },
    { part: 'Demo shop', where: running.shopUrl, log: 'shop', ask: () => answersWell(`${running.shopUrl}/healthz`) },
    {
      part: 'Database',
      where: `${database.host}${database.pathname}`,
      log: 'postgres',
      ask: () => listens(database.hostname, Number(database.port || 5432)),
    },
    {
      part: 'Temporal server',
      where: running.temporalAddress,
      log: 'temporal',
      ask: () => isServing(`http://${running.temporalAddress}`),
    },
    {
      part: 'Metrics store',
      where: running.metricsUrl,
      log: 'victoria-metrics',
      ask: () => answersWell(`${running.metricsUrl}/api/v1/query?query=1`),
    },
    {
      part: 'Alertmanager',
      where: running.alertmanagerUrl,
      log: 'alertmanager',
      ask: () => answersWell(`${running.alertmanagerUrl}/-/ready`),
    },
  ]
  return Promise.all(
    questions.flatMap(({ part, where, log, ask }) =>
      where === null ? [] : [ask().then((well) => finding({ part, where, log, well }))],
    ),
  )
}

function finding({ part, where, log, well }: { part: string; where: string; log: string; well: boolean }): Finding {
  const fix = well ? null : `Read logs/${log}.log in the data folder; stop and start Tenon if it does not come back.`
  return { part, status: well ? 'found' : 'missing', found: well ? 'answers' : 'does not answer', where, fix }
}

async function answersWell(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) })).ok
  } catch {
    // Not there, or too slow: both are what was asked.
    return false
  }
}

function listens(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    const finish = (answer: boolean): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(TIMEOUT_MS, () => finish(false))
    socket.once('connect', () => finish(true))
    socket.once('error', () => finish(false))
  })
}
