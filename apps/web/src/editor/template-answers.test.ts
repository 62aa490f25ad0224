import { expect, test } from 'vitest'
import { answersOf } from './template-answers.ts'

test('a template says what it answers', () => {
  expect(answersOf({ subjects: ['service', 'database'], symptoms: ['latency', 'errors'] })).toBe(
    'Answers: latency or errors of a service or database.',
  )
  expect(answersOf({ subjects: ['chain'], symptoms: ['drop', 'any'] })).toBe(
    'Answers: a drop or anything unclear of a chain.',
  )
  expect(answersOf({ subjects: ['alert'], symptoms: ['low-traffic'] })).toBe('Answers: low traffic of an alert.')
  expect(answersOf({ subjects: ['entity'], symptoms: ['any'] })).toBe('Answers: anything unclear of anything.')
})
