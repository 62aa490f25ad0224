import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tenon } from '../test/run-tenon.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenon-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const answerOf = (files: { path: string; text: string }[]) => ({
  body: { domains: [{ id: 'service', kind: 'service', services: 2 }], files },
})
const path = '/api/v1/data/sdk?language=python&domain=service'
const words = (out: string) => ['sdk', '--language', 'python', '--domain', 'service', '--out', out]

test('writes what the server makes, and removes what it wrote before and is gone', async () => {
  const out = join(folder, 'sdk')
  const first = await tenon(words(out), {
    answers: {
      [path]: answerOf([
        { path: 'tenon_data/__init__.py', text: 'a' },
        { path: 'tenon_data/old.py', text: 'b' },
      ]),
    },
  })
  expect([first.code, first.err]).toEqual([0, ''])
  expect(first.out).toContain('2 data services in 1 domains.')
  expect(first.calls[0]).toMatchObject({ method: 'GET', token: 'Bearer secret' })
  await writeFile(join(out, 'tenon_data', 'mine.py'), 'mine')
  await tenon(words(out), { answers: { [path]: answerOf([{ path: 'tenon_data/__init__.py', text: 'c' }]) } })
  expect(await readFile(join(out, 'tenon_data', '__init__.py'), 'utf8')).toBe('c')
  expect(await readFile(join(out, 'tenon_data', 'mine.py'), 'utf8')).toBe('mine')
  await expect(readFile(join(out, 'tenon_data', 'old.py'))).rejects.toThrow('ENOENT')
})

test('nothing is written, and nothing removed, outside of the folder', async () => {
  const out = join(folder, 'sdk-2')
  const { code } = await tenon(words(out), { answers: { [path]: answerOf([{ path: '../out.py', text: 'x' }]) } })
  expect(code).toBe(1)
  await expect(readFile(join(folder, 'out.py'))).rejects.toThrow('ENOENT')
  await writeFile(join(folder, 'keep.txt'), 'keep')
  const third = join(folder, 'sdk-3')
  await tenon(words(third), { answers: { [path]: answerOf([{ path: 'a.py', text: '' }]) } })
  await writeFile(join(third, 'tenon-sdk.python.json'), '{"files": ["../keep.txt"]}')
  await tenon(words(third), { answers: { [path]: answerOf([{ path: 'a.py', text: '' }]) } })
  expect(await readFile(join(folder, 'keep.txt'), 'utf8')).toBe('keep')
})

test('a language that is none and a folder that is missing are said', async () => {
  expect(await tenon(['sdk', '--language', 'cobol', '--out', 'x'])).toMatchObject({ code: 2 })
  expect((await tenon(['sdk', '--language', 'python'])).err).toContain('--out DIR')
})
