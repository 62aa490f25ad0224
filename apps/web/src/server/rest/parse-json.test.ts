import { expect, test } from 'vitest'
import { problemOf, type ApiProblem } from '../errors.ts'
import { parseJson } from './parse-json.ts'

/** What is said of a body; null when it is taken. */
function problemIn(body: Uint8Array): ApiProblem | null {
  try {
    parseJson(body)
    return null
  } catch (error) {
    return problemOf(error)
  }
}

const bytes = (text: string) => Buffer.from(text)

test.each([
  ['{', 'bad-json'],
  [new Uint8Array([0x22, 0xff, 0x22]), 'bad-json'],
  ['['.repeat(65) + ']'.repeat(65), 'too-deep'],
  ['['.repeat(400_000) + ']'.repeat(400_000), 'too-deep'],
  ['{"params":{"__proto__":{"role":"admin"}}}', 'refused-key'],
  ['[{"\\u005f_proto__":1}]', 'refused-key'],
  ['{"constructor":{"prototype":{}}}', 'refused-key'],
])('%.40s is refused', (body, code) => {
  expect(problemIn(typeof body === 'string' ? bytes(body) : body)).toMatchObject({ status: 400, code })
})

test('an empty body is undefined, and what is plain is taken', () => {
  expect(parseJson(bytes(' '))).toBeUndefined()
  expect(parseJson(bytes('{"a":[{"b":null},1]}'))).toEqual({ a: [{ b: null }, 1] })
  expect(parseJson(bytes('['.repeat(60) + ']'.repeat(60)))).toBeDefined()
})
