import { expect, test } from 'vitest'
import { readConfiguration } from './configuration.ts'

const env = { DATABASE_URL: 'postgresql://db', TENON_MODEL_DIR: '/model', TENON_ENCRYPTION_KEY: 'key' }

test('it is on loopback by default', () => {
  expect(readConfiguration(env).publicUrl).toBe('http://127.0.0.1:3000')
  expect(readConfiguration({ ...env, TENON_PUBLIC_URL: 'https://tenon.example/' }).publicUrl).toBe(
    'https://tenon.example',
  )
})

test.each([
  [{ DATABASE_URL: '' }, 'DATABASE_URL'],
  [{ PORT: '65536' }, 'PORT'],
  [{ TENON_ENCRYPTION_KEY: undefined }, 'TENON_ENCRYPTION_KEY'],
])('%j is refused by its name', (wrong, name) => {
  expect(() => readConfiguration({ ...env, ...wrong })).toThrow(name)
})
