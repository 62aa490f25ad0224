/** Official release archives: fetched with a bound on every wait, checked against the published SHA-256 sum, unpacked with tar. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, renameSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Download } from './tools.ts'

/** A closed network should cost seconds, not minutes: the next way is tried after it. */
const CONNECT_MS = 10_000
const WHOLE_MS = 300_000

/**
 * Puts `download.member` as `folder/name`.
 *
 * @throws Error when the host does not answer in 10 s, answers with an error, or the sum is not the published one.
 */
export async function fetchArchive(download: Download, folder: string, name: string): Promise<void> {
  const file = basename(new URL(download.url).pathname)
  const sums = Buffer.from(await fetchBytes(download.checksums)).toString('utf8')
  const expected = publishedSum(sums, file)
  if (!expected) throw new Error(`${download.checksums} has no sum of ${file}`)
  const archive = await fetchBytes(download.url)
  const found = createHash('sha256').update(archive).digest('hex')
  if (found !== expected) throw new Error(`${file} has SHA-256 ${found}, but ${expected} was published`)
  const path = join(folder, file)
  await writeFile(path, archive)
  await untar(path, folder, download.member)
  rmSync(path)
  if (download.member !== name) renameSync(join(folder, download.member), join(folder, name))
  chmodSync(join(folder, name), 0o755)
}

/** The sum of `file` in the usual `<sha256>  <file>` lines; null when it is not listed. */
export function publishedSum(sums: string, file: string): string | null {
  for (const line of sums.split('\n')) {
    const [sum, name] = line.trim().split(/\s+\*?/)
    if (name === file && sum && /^[0-9a-f]{64}$/i.test(sum)) return sum.toLowerCase()
  }
  return null
}

async function fetchBytes(url: string): Promise<Uint8Array> {
  const abort = new AbortController()
  const whole = setTimeout(() => abort.abort(new Error(`${url} took longer than ${WHOLE_MS / 1000} s`)), WHOLE_MS)
  const connect = setTimeout(() => abort.abort(new Error(`no answer within ${CONNECT_MS / 1000} s`)), CONNECT_MS)
  try {
    const response = await fetch(url, { signal: abort.signal, redirect: 'follow' })
    clearTimeout(connect)
    if (!response.ok) throw new Error(`${url} answered ${response.status}`)
    return new Uint8Array(await response.arrayBuffer())
  } finally {
    clearTimeout(whole)
    clearTimeout(connect)
  }
}

function untar(archive: string, folder: string, member: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('tar', ['-xzf', archive, '-C', folder, member], { stdio: 'ignore' })
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`tar could not unpack ${member} from ${basename(archive)} (code ${code})`))
    })
  })
}
