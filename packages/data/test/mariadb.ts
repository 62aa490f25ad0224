/** A MariaDB of its own, in a folder of its own, for one test file. */
import { execFile, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findTool, mariadbTool } from '@tenon/stack'
import { createConnection } from 'mysql2/promise'
import { freePort } from './stored-samples.ts'

/** Its user `root` has no password; it listens on loopback only. @throws StackError when MariaDB is not installed */
export async function startMariadb(): Promise<{ port: number; stop(): Promise<void> }> {
  const { path } = await findTool(mariadbTool)
  const folder = await mkdtemp(join(tmpdir(), 'tenon-mariadb-'))
  // It refuses to be root unless it is told to.
  const user = process.getuid?.() === 0 ? ['--user=root'] : []
  await promisify(execFile)('mariadb-install-db', [
    '--no-defaults',
    `--datadir=${join(folder, 'data')}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
    ...user,
  ])
  const port = await freePort()
  const child = spawn(
    path,
    [
      '--no-defaults',
      `--datadir=${join(folder, 'data')}`,
      `--socket=${join(folder, 'socket')}`,
      `--pid-file=${join(folder, 'pid')}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      '--innodb-flush-log-at-trx-commit=0',
      '--character-set-server=utf8mb4',
      ...user,
    ],
    { stdio: 'ignore' },
  )
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()))
  const stop = async () => {
    child.kill()
    await ended
    await rm(folder, { recursive: true, force: true })
  }
  for (let attempt = 0; attempt < 200; attempt++) {
    const connection = await createConnection({ host: '127.0.0.1', port, user: 'root' }).catch(() => null)
    if (connection) {
      await connection.end()
      return { port, stop }
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  await stop()
  throw new Error('mariadbd did not get ready')
}
