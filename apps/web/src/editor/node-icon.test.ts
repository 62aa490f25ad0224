import { catalogue } from '@tenon/activities'
import { expect, test } from 'vitest'
import { icons } from './node-icon.tsx'

test('every node type has its icon', () => {
  expect(catalogue.nodeTypes.map(({ icon }) => icon).filter((icon) => !(icon in icons))).toEqual([])
})
