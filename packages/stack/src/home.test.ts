import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { homeDirectory, homeUser, openHome, readState } from './home.ts'

let directory: string
beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'tenon-home-')), 'data')
})
afterEach(() => rmSync(join(directory, '..'), { recursive: true, force: true }))

test('it is made when it is missing, with a key that only its owner reads', () => {
  const home = openHome(directory)
  const key = readFileSync(home.encryptionKeyFile, 'utf8')
  expect(Buffer.from(key, 'base64')).toHaveLength(32)
  expect(statSync(home.encryptionKeyFile).mode & 0o077).toBe(0)
  expect(statSync(home.path('state.json')).mode & 0o077).toBe(0)
  home.release()
})

test('what was kept, and the key, outlive a start', () => {
  const first = openHome(directory)
  first.saveState({ ports: { web: 4000 }, shopToken: 'tenon_x' })
  const key = readFileSync(first.encryptionKeyFile, 'utf8')
  first.release()
  const second = openHome(directory)
  expect(second.state).toMatchObject({ ports: { web: 4000 }, shopToken: 'tenon_x' })
  expect(readFileSync(second.encryptionKeyFile, 'utf8')).toBe(key)
  second.release()
})

test('one start at a time has it', () => {
  const home = openHome(directory)
  expect(homeUser(directory)).toBe(process.pid)
  expect(() => openHome(directory)).toThrow(expect.objectContaining({ code: 'home-in-use' }))
  home.release()
  expect(homeUser(directory)).toBeNull()
  openHome(directory).release()
})

test('the lock of a start that was killed is no lock', async () => {
  openHome(directory).release()
  const child = spawn(process.execPath, ['-e', ''])
  await new Promise((resolve) => child.once('exit', resolve))
  writeFileSync(join(directory, 'lock.json'), JSON.stringify({ pid: child.pid, began: '1' }))
  const home = openHome(directory)
  expect(homeUser(directory)).toBe(process.pid)
  home.release()
})

test('a process that got the number of a killed start is not mistaken for it', () => {
  openHome(directory).release()
  writeFileSync(join(directory, 'lock.json'), JSON.stringify({ pid: process.pid, began: 'another time' }))
  expect(homeUser(directory)).toBeNull()
})

test('reset empties what Tenon made', () => {
  const first = openHome(directory)
  first.saveState({ shopToken: 'tenon_x' })
  writeFileSync(first.path('something'), 'x')
  first.release()
  const second = openHome(directory, { reset: true })
  expect(existsSync(second.path('something'))).toBe(false)
  expect(second.state.shopToken).toBeUndefined()
  second.release()
})

test('reset refuses a folder that Tenon did not make, and takes nothing from it', () => {
  openHome(directory).release()
  rmSync(directory, { recursive: true })
  const other = mkdtempSync(join(tmpdir(), 'tenon-other-'))
  writeFileSync(join(other, 'thesis.txt'), 'years of work')
  expect(() => openHome(other, { reset: true })).toThrow(expect.objectContaining({ code: 'not-a-home' }))
  expect(readFileSync(join(other, 'thesis.txt'), 'utf8')).toBe('years of work')
  expect(existsSync(join(other, 'lock.json'))).toBe(false)
  rmSync(other, { recursive: true })
})

test('a damaged state is named, with what to do', () => {
  openHome(directory).release()
  writeFileSync(join(directory, 'state.json'), '{ "ports": ')
  expect(() => readState(join(directory, 'state.json'))).toThrow(/state\.json is damaged/)
})

test('TENON_HOME wins over .data', () => {
  expect(homeDirectory({ TENON_HOME: directory })).toBe(directory)
  expect(homeDirectory({})).toMatch(/\.data$/)
})
