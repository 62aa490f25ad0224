import { expect, test } from 'vitest'
import { waitEvent } from './wait-event.ts'

test('asks for an event by name, for an hour unless told', () => {
  expect(waitEvent.effect).toBe('event')
  expect(waitEvent.input.parse({ event: 'deploy' })).toEqual({ event: 'deploy', expiresAfter: '1h' })
  expect(waitEvent.input.safeParse({ event: '' }).success).toBe(false)
})
