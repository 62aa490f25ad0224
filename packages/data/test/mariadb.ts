/** A MariaDB of its own, in a folder of its own, for one test file. */
import { execFile } from 'node:child_process'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findTool, mariadbTool } from '@tenon/stack'
import { createConnection } from 'mysql2/promise'
import { freePort, ownServer } from './own-server.ts'

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
  const { stop } = await ownServer({
    executable: path,
    args: [
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
    folder,
    async isReady() {
      const connection = await createConnection({ host: '127.0.0.1', port, user: 'root' }).catch(() => null)
      await connection?.end()
      return connection !== null
    },
  })
  return { port, stop }
}
