import { expect, test } from 'vitest'
import { writeContext } from '../../../test/write-context.ts'
import { statement } from './statement.ts'

const given = {
  connection: 'shop-db',
  title: 'Pause a merchant',
  statement: 'UPDATE merchant SET paused = true WHERE id = $1',
  parameters: [7],
  check: 'SELECT count(*) FROM merchant WHERE paused',
  expected: '1',
}

test('asks for a statement with its check and a limit of rows', async () => {
  const { ctx, asked } = writeContext({ leaseUntil: null })
  if (statement.effect !== 'write') throw new Error('not a write')
  const input = statement.input.parse(given)
  await statement.plan?.(ctx, input)
  const result = await statement.run(ctx, input, { key: 'k', approvedHash: null })
  const request = { kind: 'statement', ...given, maximumRows: 100 }
  expect(asked.planned).toEqual([request])
  expect(asked.applied[0]).toEqual({ request, key: 'k', approvedHash: null })
  expect(result).toMatchObject({ outcome: 'done', summary: 'Pause a merchant' })
})

test('one without a check is refused', () => {
  expect(statement.input.safeParse({ ...given, check: '' }).success).toBe(false)
  expect(statement.input.safeParse({ ...given, maximumRows: 0 }).success).toBe(false)
})
