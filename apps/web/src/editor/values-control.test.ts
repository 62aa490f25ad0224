import { expect, test } from 'vitest'
import { readValue } from './values-control.tsx'

test.each([
  ['3', 3],
  ['-0.5', -0.5],
  ['true', true],
  ['["a"]', ['a']],
  ['12 hosts', '12 hosts'],
  ['${params.zone}', '${params.zone}'],
  ['[half', '[half'],
  ['', ''],
])('%s', (text, value) => expect(readValue(text)).toEqual(value))
