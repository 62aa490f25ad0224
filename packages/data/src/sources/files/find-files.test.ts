import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findFiles, folderOf } from './find-files.ts'

let top: string
let folder: string

beforeAll(() => {
  top = realpathSync(mkdtempSync(join(tmpdir(), 'tenon-find-')))
  folder = join(top, 'logs')
  for (const name of [
    'trade/a-1/access.log',
    'trade/a-1/access.log.1',
    'trade/a-2/access.log',
    'pay/b-1/access.log',
    'pay/b-1/deep/er/error.log',
    'top.csv',
    'odd[1].log',
  ]) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), name)
  }
  writeFileSync(join(top, 'outside.log'), 'outside')
  symlinkSync(join(top, 'outside.log'), join(folder, 'escape.log'))
  symlinkSync(top, join(folder, 'up'))
  symlinkSync(join(folder, 'top.csv'), join(folder, 'within.csv'))
  symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling.csv'))
})
afterAll(() => rmSync(top, { recursive: true, force: true }))

const names = async (pattern: string, only?: Map<string, Set<string>>) =>
  (await findFiles(folder, pattern, only)).files.map(({ name }) => name)

test.each([
  ['trade/a-1/access.log', ['trade/a-1/access.log']],
  ['*/*/access.log', ['pay/b-1/access.log', 'trade/a-1/access.log', 'trade/a-2/access.log']],
  ['trade/{host}/access.log*', ['trade/a-1/access.log', 'trade/a-1/access.log.1', 'trade/a-2/access.log']],
  ['**/error.log', ['pay/b-1/deep/er/error.log']],
  ['**/access.log.1', ['trade/a-1/access.log.1']],
  ['./trade//a-2/./access.log', ['trade/a-2/access.log']],
  ['trade/a.1/access.log', []],
  ['nowhere/*', []],
])('%s names %j', async (pattern, expected) => {
  expect(await names(pattern)).toEqual(expected)
})

test('parts of the path are fields, and only folders with their values are looked into', async () => {
  const { files } = await findFiles(folder, '{service}/{zone}-{number}/access.log')
  expect(files.map(({ fields }) => fields)).toEqual([
    { service: 'pay', zone: 'b', number: '1' },
    { service: 'trade', zone: 'a', number: '1' },
    { service: 'trade', zone: 'a', number: '2' },
  ])
  expect(await names('{service}/*/access.log', new Map([['service', new Set(['pay'])]]))).toEqual([
    'pay/b-1/access.log',
  ])
})

test('a link is followed within the folder and never out of it', async () => {
  const { files, notes } = await findFiles(folder, '*')
  expect(files.map(({ path }) => path)).toEqual([join(folder, 'top.csv')])
  expect(notes).toEqual([
    '"escape.log" leads out of the folder and was left out.',
    '"odd[1].log" has one of * ? [ ] { } in its path and was left out.',
  ])
  expect(await names('up/*.log')).toEqual([])
  expect(await names('up/logs/top.csv')).toEqual(['up/logs/top.csv'])
})

test.each(['', '/', '/etc/passwd', '..', '../x', 'a/../../x', '{a}{b}', '**x*y*z*w*v*', '{a}/{a-b}', '{a}-{a}'])(
  'no path below a folder: %j',
  async (pattern) => {
    await expect(findFiles(folder, pattern)).rejects.toMatchObject({ code: 'bad-query' })
  },
)

test('the folder lies in the one that may be read', async () => {
  expect(await folderOf(folder, top)).toBe(folder)
  expect(await folderOf(top, top)).toBe(top)
  expect(await folderOf(join(folder, 'up'), top)).toBe(top)
  await expect(folderOf(top, folder)).rejects.toMatchObject({ code: 'source-refused' })
  await expect(folderOf(join(folder, 'up'), folder)).rejects.toMatchObject({ code: 'source-refused' })
  await expect(folderOf('logs', top)).rejects.toMatchObject({ code: 'source-refused' })
  await expect(folderOf(`${top}-other`, top)).rejects.toMatchObject({ code: 'source-unreachable' })
  await expect(folderOf(folder, undefined)).rejects.toMatchObject({
    code: 'source-refused',
    fix: expect.stringContaining('TENON_FILES_DIR'),
  })
})
