import { expect, test } from 'vitest'
import { readSettings } from './settings.ts'

test('nothing set is a shop on free ports that tells nobody', () => {
  expect(readSettings({})).toMatchObject({ port: 0, edge: 'auto', firstFault: null, tenon: null, parent: null })
})

test('what is set is taken', () => {
  const settings = readSettings({
    SHOP_HOME: '/shop',
    SHOP_FAULT: 'bad-change',
    SHOP_EDGE: 'builtin',
    TENON_URL: 'http://127.0.0.1:3000/',
    TENON_TOKEN: 'secret',
    TENON_PARENT: '12',
  })
  expect(settings).toMatchObject({
    targetsFile: '/shop/targets.json',
    edge: 'builtin',
    firstFault: 'bad-change',
    tenon: { url: 'http://127.0.0.1:3000', token: 'secret' },
    parent: 12,
  })
  expect(readSettings({ SHOP_FAULT: 'none' }).firstFault).toBeNull()
})

test('each wrong variable is named', () => {
  const read = () => readSettings({ SHOP_PORT: '70000', SHOP_EDGE: 'nginx', SHOP_FAULT: 'fire' })
  expect(read).toThrow(expect.objectContaining({ code: 'bad-setting' }))
  for (const name of ['SHOP_PORT', 'SHOP_EDGE', 'SHOP_FAULT']) expect(read).toThrow(name)
})
