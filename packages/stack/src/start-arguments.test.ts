import { expect, test } from 'vitest'
import { parseStartArguments } from './start-arguments.ts'

test('nothing given is the demo, on the port of the last start', () => {
  const nothing = { reset: false, demo: true, dev: false, port: undefined, host: undefined }
  expect(parseStartArguments([])).toEqual(nothing)
})

test('every option is understood', () => {
  const args = ['--reset', '--no-demo', '--dev', '--port', '4000', '--host=0.0.0.0']
  expect(parseStartArguments(args)).toEqual({ reset: true, demo: false, dev: true, port: 4000, host: '0.0.0.0' })
})

test('help starts nothing', () => {
  expect(parseStartArguments(['--help'])).toBeNull()
})

test.each(['0', '65536', 'abc', '80.5', ''])('--port %s is refused', (port) => {
  expect(() => parseStartArguments(['--port', port])).toThrow(expect.objectContaining({ code: 'bad-argument' }))
})

test('an unknown option is named, so that a slip does not reset or start something else', () => {
  expect(() => parseStartArguments(['--rest'])).toThrow(/--rest/)
})
