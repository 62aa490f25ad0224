/** Tries a connection and says what is wrong. Reads only. */
import { connect } from 'node:net'
import {
  ActionError,
  createEnvoyDriver,
  createHaproxyDriver,
  createHttpEdgeDriver,
  createNginxDriver,
  type Driver,
} from '@tenon/actions'
import { testSource } from '@tenon/data'
import type { ConnectionKind } from '@tenon/db'

export type ConnectionTest = { ok: true; detail: string } | { ok: false; message: string; fix: string }

export function testConnection(connection: {
  kind: ConnectionKind
  url: string
  secret: string | null
}): Promise<ConnectionTest> {
  const { kind, url, secret } = connection
  const zoneOf = (): null => null
  switch (kind) {
    case 'prometheus':
    case 'postgres':
    case 'mysql':
    case 'clickhouse':
    case 'loki':
    case 'elasticsearch':
    case 'http-json':
    case 'alertmanager':
    case 'kubernetes':
    case 'files':
    case 'backstage':
      return testSource({ kind, url, secret })
    case 'haproxy':
      return testEdge(createHaproxyDriver({ address: url, zoneOf }))
    case 'http-edge':
      return testEdge(createHttpEdgeDriver({ address: url, zoneOf, ...(secret === null ? {} : { token: secret }) }))
    case 'nginx':
      return testNginx(createNginxDriver({ address: url, ...(secret === null ? {} : { token: secret }) }))
    case 'envoy':
      return testEnvoy(createEnvoyDriver({ address: url, ...(secret === null ? {} : { token: secret }) }))
    case 'webhook':
      return testReachable(new URL(url))
    case 'hook':
      return Promise.resolve(testSecret(secret))
  }
}

async function testEdge(driver: Driver): Promise<ConnectionTest> {
  try {
    const { servers } = await driver.observe('*')
    const down = servers.filter(({ up }) => !up).length
    return { ok: true, detail: `${servers.length} servers${down === 0 ? ', all up' : `, ${down} of them down`}` }
  } catch (error) {
    if (error instanceof ActionError) return { ok: false, message: error.message, fix: error.fix }
    throw error
  }
}

async function testNginx(driver: ReturnType<typeof createNginxDriver>): Promise<ConnectionTest> {
  try {
    const targets = await driver.targets()
    return { ok: true, detail: `${targets.length} targets: ${targets.slice(0, 5).join(', ')}` }
  } catch (error) {
    if (error instanceof ActionError) return { ok: false, message: error.message, fix: error.fix }
    throw error
  }
}

/** Whether there is an admin layer shows only when something is set: layers have names of people's choice. */
async function testEnvoy(driver: ReturnType<typeof createEnvoyDriver>): Promise<ConnectionTest> {
  try {
    const keys = await driver.keys()
    return { ok: true, detail: `${keys.length} runtime keys: ${keys.slice(0, 5).join(', ')}` }
  } catch (error) {
    if (error instanceof ActionError) return { ok: false, message: error.message, fix: error.fix }
    throw error
  }
}

/** Nobody is called: what can be said is whether senders can be told apart by it. */
function testSecret(secret: string | null): ConnectionTest {
  if (secret !== null) return { ok: true, detail: 'a secret is set; requests to webhooks are checked with it' }
  return { ok: false, message: 'There is no secret.', fix: 'Enter the one that the senders sign with.' }
}

const reachableMs = 3_000

/** A webhook is not called for a test: the receiver could not tell it from a real one. */
function testReachable(url: URL): Promise<ConnectionTest> {
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  return new Promise((resolve) => {
    const socket = connect({ host: url.hostname.replace(/^\[|\]$/g, ''), port, timeout: reachableMs })
    const end = (result: ConnectionTest): void => {
      socket.destroy()
      resolve(result)
    }
    const fail = (why: string): void =>
      end({
        ok: false,
        message: `${url.hostname}:${port} ${why}.`,
        fix: 'Check the address, and that the receiver runs.',
      })
    socket.once('connect', () => end({ ok: true, detail: `${url.hostname}:${port} answers; nothing was posted` }))
    socket.once('timeout', () => fail('did not answer within 3 s'))
    socket.on('error', (error) => fail(`cannot be reached (${error.message})`))
  })
}
