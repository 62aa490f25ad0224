/** Writes a generated SDK into a folder, type-checks what uses it, and runs it against a server of the test's own. */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { SdkFile } from '../src/sdk/sdk-file.ts'

const run = promisify(execFile)
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc')

export interface SdkProject {
  folder: string
  write(files: readonly SdkFile[]): void
  /** Resolves to what the compiler says; empty when all is well. */
  typeCheck(...files: string[]): Promise<string>
  node(file: string, environment?: Record<string, string>): Promise<string>
  python(file: string, environment?: Record<string, string>): Promise<string>
  remove(): void
}

export function sdkProject(): SdkProject {
  const folder = mkdtempSync(join(tmpdir(), 'tenon-sdk-'))
  symlinkSync(fileURLToPath(new URL('../../../node_modules', import.meta.url)), join(folder, 'node_modules'))
  const env = (more: Record<string, string> = {}) => ({ ...process.env, ...more })
  return {
    folder,
    write(files) {
      for (const { path, text } of files) {
        mkdirSync(dirname(join(folder, path)), { recursive: true })
        writeFileSync(join(folder, path), text)
      }
    },
    async typeCheck(...files) {
      const options = [
        '--noEmit',
        '--types',
        'node',
        '--strict',
        '--noUncheckedIndexedAccess',
        '--target',
        'esnext',
        '--module',
        'nodenext',
      ]
      const said = await run(process.execPath, [tsc, ...options, ...files], { cwd: folder }).catch(
        (error: { stdout: string }) => error,
      )
      return said.stdout.trim()
    },
    node: async (file, more) => (await run(process.execPath, [file], { cwd: folder, env: env(more) })).stdout,
    python: async (file, more) => (await run('python3', [file], { cwd: folder, env: env(more) })).stdout,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** Whether there is a Python to run what is written for it. */
export const hasPython = (): Promise<boolean> =>
  run('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 9))']).then(
    () => true,
    () => false,
  )

export interface AskedServer {
  url: string
  /** Bodies by path, in the order in which they came. */
  asked: { path: string; token: string; body: unknown }[]
  close(): Promise<void>
}

/** Answers like the API, whatever is asked; a measure of the name `refused.measure` is refused. */
export async function askedServer(): Promise<AskedServer> {
  const asked: AskedServer['asked'] = []
  const quality = { completeness: 1, freshnessSeconds: 5, notes: [] }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body: { measure?: string; cursor?: string } = JSON.parse(Buffer.concat(chunks).toString())
      const path = request.url ?? ''
      asked.push({ path, token: request.headers.authorization ?? '', body })
      const entity = { id: body.cursor ?? 'first', kind: 'service', attributes: {} }
      const answers: Record<string, unknown> = {
        '/api/v1/data/query': {
          measure: body.measure,
          unit: 'ratio',
          series: [
            {
              dimensions: {},
              points: [
                [0, 0.5],
                [60_000, null],
              ],
              quality,
            },
          ],
          quality,
          query: { source: 'metrics', expression: 'up', from: '', to: '', stepSeconds: 60 },
        },
        '/api/v1/data/entities': { items: [entity], next: body.cursor === undefined ? 'second' : null },
        '/api/v1/data/relations': {
          root: 'first',
          entities: [entity],
          links: [{ from: 'a', to: 'b', kind: 'calls', hops: 1 }],
        },
      }
      const refused = body.measure === 'refused.measure'
      response.writeHead(refused ? 404 : 200, { 'content-type': 'application/json' })
      response.end(
        JSON.stringify(refused ? { code: 'unknown-measure', detail: 'None such.', fix: 'Search.' } : answers[path]),
      )
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: async () => {
      server.close()
      await once(server, 'close')
    },
  }
}
