import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fetchArchive, publishedSum } from './download.ts'

let directory: string
let server: Server
let origin: string
const files = new Map<string, Buffer>()

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tenon-download-'))
  server = createServer((request, response) => {
    const body = files.get(request.url ?? '')
    response.writeHead(body ? 200 : 404).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no address')
  origin = `http://127.0.0.1:${address.port}`
})
afterEach(() => {
  server.close()
  files.clear()
  rmSync(directory, { recursive: true, force: true })
})

/** A release as projects publish it: an archive and a list of sums. */
function publish(options: { sum?: string } = {}): void {
  writeFileSync(join(directory, 'probe-linux'), 'the program')
  execFileSync('tar', ['-czf', join(directory, 'probe.tar.gz'), '-C', directory, 'probe-linux'])
  rmSync(join(directory, 'probe-linux'))
  const archive = readFileSync(join(directory, 'probe.tar.gz'))
  rmSync(join(directory, 'probe.tar.gz'))
  const sum = options.sum ?? createHash('sha256').update(archive).digest('hex')
  files.set('/probe.tar.gz', archive)
  files.set('/sums.txt', Buffer.from(`${'0'.repeat(64)}  other.tar.gz\n${sum}  probe.tar.gz\n`))
}

const release = () => ({ url: `${origin}/probe.tar.gz`, checksums: `${origin}/sums.txt`, member: 'probe-linux' })

test('a right archive is unpacked under the name that is wanted, executable', async () => {
  publish()
  await fetchArchive(release(), directory, 'probe')
  expect(readFileSync(join(directory, 'probe'), 'utf8')).toBe('the program')
  expect(statSync(join(directory, 'probe')).mode & 0o111).not.toBe(0)
})

test('an archive whose sum is not the published one is refused and not unpacked', async () => {
  publish({ sum: 'a'.repeat(64) })
  await expect(fetchArchive(release(), directory, 'probe')).rejects.toThrow(/has SHA-256 .*, but a{64} was published/)
  expect(existsSync(join(directory, 'probe'))).toBe(false)
  expect(existsSync(join(directory, 'probe-linux'))).toBe(false)
})

test('an archive that the list of sums does not name is refused', async () => {
  publish()
  files.set('/sums.txt', Buffer.from(`${'0'.repeat(64)}  other.tar.gz\n`))
  await expect(fetchArchive(release(), directory, 'probe')).rejects.toThrow(/has no sum of probe\.tar\.gz/)
})

test('a release that is not there is an error that names it', async () => {
  await expect(fetchArchive(release(), directory, 'probe')).rejects.toThrow(/sums\.txt answered 404/)
})

test('sums are found in both usual layouts', () => {
  const sum = 'ab'.repeat(32)
  expect(publishedSum(`${sum}  a.tar.gz`, 'a.tar.gz')).toBe(sum)
  expect(publishedSum(`${sum.toUpperCase()} *a.tar.gz`, 'a.tar.gz')).toBe(sum)
  expect(publishedSum(`${sum}  ba.tar.gz`, 'a.tar.gz')).toBeNull()
})
