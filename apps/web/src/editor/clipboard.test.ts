import { expect, test } from 'vitest'
import { readClipping, writeClipping } from './clipboard.ts'

const fragment = {
  nodes: { loss: { type: 'judge.chain-loss', with: { chain: 'card-payment' }, join: 'all' as const } },
  edges: [],
  layout: { loss: { x: 4, y: 8 } },
}

test('steps come back from the clipboard as they went', () => {
  expect(readClipping(writeClipping(fragment))).toMatchObject(fragment)
})

test('other text, also other JSON, makes no steps', () => {
  expect(readClipping('kubectl get pods')).toBeNull()
  expect(readClipping('{"nodes": {}}')).toBeNull()
  expect(
    readClipping(JSON.stringify({ 'tenon-steps': 1, nodes: { 'Bad Id': { type: 'x' } }, edges: [], layout: {} })),
  ).toBeNull()
})
