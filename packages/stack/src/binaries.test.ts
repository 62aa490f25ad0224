import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findTool, lookUpTool } from './binaries.ts'
import type { Tool } from './tools.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tenon-bin-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const tool: Tool = {
  name: 'tenon-probe',
  title: 'Probe',
  version: '1.2.3',
  variable: 'TENON_PROBE_BIN',
  onPath: ['tenon-probe'],
  downloads: () => [
    { url: 'https://example.invalid/p.tar.gz', checksums: 'https://example.invalid/sums', member: 'p' },
  ],
  goPackage: 'example.invalid/probe',
  buildTakes: 'a moment',
}

function executable(...names: string[]): string {
  const path = join(directory, ...names)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, '#!/bin/sh\nexit 0\n')
  chmodSync(path, 0o755)
  return path
}

const cached = (): string => executable('cache', 'bin', 'tenon-probe-1.2.3', 'tenon-probe')
const options = (environment: NodeJS.ProcessEnv) => ({ environment, cache: join(directory, 'cache') })

test('the environment variable wins, then PATH, then the cache', () => {
  const named = executable('named')
  const onPath = executable('path', 'tenon-probe')
  const inCache = cached()
  const path = dirname(onPath)
  expect(lookUpTool(tool, options({ TENON_PROBE_BIN: named, PATH: path }))).toMatchObject({
    path: named,
    origin: 'environment',
  })
  expect(lookUpTool(tool, options({ PATH: path }))).toMatchObject({ path: onPath, origin: 'path' })
  expect(lookUpTool(tool, options({ PATH: '' }))).toMatchObject({ path: inCache, origin: 'cache' })
})

test('a variable that names nothing executable is an error, not passed over', () => {
  cached()
  const environment = { TENON_PROBE_BIN: join(directory, 'not-there'), PATH: '' }
  expect(() => lookUpTool(tool, options(environment))).toThrow(/TENON_PROBE_BIN names .*not-there/)
})

test('a download is put into the cache and found there the next time', async () => {
  const found = await findTool(tool, {
    ...options({ PATH: '' }),
    async download(_download, folder, name) {
      writeFileSync(join(folder, name), 'x', { mode: 0o755 })
    },
  })
  expect(found.origin).toBe('download')
  expect(lookUpTool(tool, options({ PATH: '' }))).toMatchObject({ path: found.path, origin: 'cache' })
})

test('when the download fails, go install builds it', async () => {
  // Stands where `go` would: writes what GOBIN asks for.
  const go = executable('path', 'go')
  writeFileSync(go, '#!/bin/sh\necho x > "$GOBIN/tenon-probe"\nchmod +x "$GOBIN/tenon-probe"\n')
  const lines: string[] = []
  const found = await findTool(tool, {
    ...options({ PATH: `${dirname(go)}:/usr/bin:/bin` }),
    say: (line) => lines.push(line),
    download: () => Promise.reject(new Error('no answer')),
  })
  expect(found.origin).toBe('go install')
  expect(lines.join('\n')).toMatch(/downloading from example\.invalid[\s\S]*go install/)
})

test('when nothing works, the error lists what was tried, and nothing half-made is left', async () => {
  const failing = findTool(tool, {
    ...options({ PATH: '' }),
    async download(_download, folder, name) {
      writeFileSync(join(folder, name), 'half', { mode: 0o755 })
      throw new Error('checksum differs')
    },
  })
  await expect(failing).rejects.toMatchObject({
    code: 'part-missing',
    message: expect.stringMatching(/TENON_PROBE_BIN is not set.*not on PATH.*checksum differs.*go is not on PATH/),
    fix: expect.stringContaining('Install Probe 1.2.3'),
  })
  expect(lookUpTool(tool, options({ PATH: '' }))).toBeNull()
})
