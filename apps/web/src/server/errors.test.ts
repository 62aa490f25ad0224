import { WorkflowNotFoundError } from '@temporalio/client'
import { expect, test, vi } from 'vitest'
import { problemOf, toResponse, toTrpcError } from './errors.ts'

const named = (name: string, code: string) =>
  Object.assign(new Error('Said.'), { name, code, fix: 'Do it.', detail: undefined })

test.each([
  ['DbError', 'unknown-run', 404],
  ['DbError', 'draft-conflict', 409],
  ['ActionError', 'unknown-action', 404],
  ['ActionError', 'target-unreachable', 502],
  ['DataError', 'source-unreachable', 502],
])('%s %s, of any copy of its class, is %i', (name, code, status) => {
  expect(problemOf(named(name, code))).toMatchObject({ status, code, message: 'Said.', fix: 'Do it.' })
  expect(problemOf(toTrpcError(named(name, code)))).toMatchObject({ status, code })
})

test('an unforeseen error shows nothing of itself', async () => {
  const log = vi.spyOn(console, 'error').mockReturnValue()
  const response = toResponse(new Error('password=hunter2', { cause: new Error('inner-cause') }))
  expect(response.status).toBe(500)
  expect(await response.text()).not.toMatch(/hunter2|inner-cause/)
  expect(log).toHaveBeenCalledWith(expect.stringContaining('inner-cause'))
  log.mockRestore()
})

test('a database that is away is told, however deep the reason lies', () => {
  const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })
  expect(problemOf(new Error('query', { cause: refused }))).toMatchObject({ status: 503, code: 'database-unreachable' })
})

test('a run that Temporal does not know has ended', () => {
  expect(problemOf(new WorkflowNotFoundError('gone', 'run', undefined))).toMatchObject({ status: 409 })
})

test('a source that refuses connections is not told as the database', () => {
  const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
  const away = Object.assign(new Error('http://metrics cannot be reached.', { cause }), {
    name: 'DataError',
    code: 'source-unreachable',
    fix: 'Check that it runs.',
  })
  expect(problemOf(away)).toMatchObject({ status: 502, code: 'source-unreachable' })
  expect(problemOf(cause)).toMatchObject({ status: 503, code: 'database-unreachable' })
})
