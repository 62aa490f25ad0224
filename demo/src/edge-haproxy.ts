/** HAProxy as the shop's edge: written, started, kept alive and ended here. Switched over its Runtime API on a loopback port. */
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { access, mkdir, writeFile } from 'node:fs/promises'
import { constants } from 'node:fs'
import { connect } from 'node:net'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import type { Edge, EdgeOptions } from './edge.ts'
import { haproxyConfig, RATE_LIMIT_MAPS } from './haproxy-config.ts'
import { freePort } from './loopback-server.ts'
import { ShopError } from './shop-error.ts'

const READY_SECONDS = 10
const RESTART_SECONDS = 1

/** Where HAProxy is, or null. Debian keeps it in /usr/sbin, which is not on every PATH. */
export async function findHaproxy(path = process.env.PATH ?? ''): Promise<string | null> {
  for (const folder of [...path.split(delimiter), '/usr/sbin', '/usr/local/sbin', '/opt/homebrew/sbin']) {
    const candidate = join(folder, 'haproxy')
    if (folder !== '' && (await isExecutable(candidate))) return candidate
  }
  return null
}

/**
 * Starts HAProxy in `home` and waits until it takes requests.
 *
 * @throws ShopError `edge-not-ready` with what HAProxy said
 */
export async function startHaproxyEdge(options: EdgeOptions & { binary: string; home: string }): Promise<Edge> {
  const trafficPort = options.trafficPort || (await freePort())
  const adminPort = options.adminPort || (await freePort())
  const metricsPort = (await hasExporter(options.binary)) ? await freePort() : null
  const folder = join(options.home, 'haproxy')
  const configFile = join(folder, 'haproxy.cfg')
  await mkdir(folder, { recursive: true })
  for (const map of RATE_LIMIT_MAPS) await writeFile(join(folder, map), '')
  await writeFile(configFile, haproxyConfig({ ...options, trafficPort, adminPort, metricsPort, mapFolder: folder }))

  let closing = false
  let said = ''
  let running: { child: ChildProcess; guard: ChildProcess }
  const start = () => {
    const child = spawn(options.binary, ['-db', '-q', '-f', configFile], { stdio: ['ignore', 'ignore', 'pipe'] })
    child.stderr!.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2000)))
    child.on('error', (error) => (said += error.message))
    child.on('exit', () => {
      running.guard.kill()
      // What was switched is lost with the process, as it would be in any HAProxy; the product's ledger reads it back and shows it.
      if (!closing) setTimeout(() => !closing && start(), RESTART_SECONDS * 1000)
    })
    running = { child, guard: guardOf(child) }
  }
  start()

  const close = async () => {
    closing = true
    const { child, guard } = running
    guard.kill()
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    await gone
  }
  if (!(await accepts(trafficPort, READY_SECONDS))) {
    await close()
    throw new ShopError('edge-not-ready', `HAProxy did not begin to listen on port ${trafficPort}: ${said.trim()}`, {
      fix: 'Set SHOP_EDGE=builtin to use the shop’s own edge, or free the port.',
    })
  }
  return {
    kind: 'haproxy',
    trafficUrl: `http://127.0.0.1:${trafficPort}`,
    adminAddress: `tcp://127.0.0.1:${adminPort}`,
    // Servers' own counters would be thousands of series; the backends' are enough to see a limit or a lost server.
    metrics: metricsPort === null ? null : { port: metricsPort, path: '/metrics', params: { scope: 'backend' } },
    close,
  }
}

/** Ends HAProxy when this process is gone without having ended it (kill -9): its pipe then closes. */
function guardOf(child: ChildProcess): ChildProcess {
  const guard = spawn('/bin/sh', ['-c', 'cat >/dev/null; kill "$0"', String(child.pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  guard.on('error', () => child.kill())
  guard.stdin!.on('error', () => undefined)
  return guard
}

async function hasExporter(binary: string): Promise<boolean> {
  const { stdout } = await promisify(execFile)(binary, ['-vv'])
  return stdout.includes('prometheus-exporter')
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  )
}

async function accepts(port: number, seconds: number): Promise<boolean> {
  const end = Date.now() + seconds * 1000
  while (Date.now() < end) {
    if (await canConnect(port)) return true
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return false
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => socket.destroy())
    socket.on('error', () => resolve(false))
    socket.on('close', (hadError) => resolve(!hadError))
  })
}
