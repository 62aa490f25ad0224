import fc from 'fast-check'
import { expect, test } from 'vitest'
import { csvRecord } from './csv.ts'

/** As RFC 4180 reads it. */
function readCsv(text: string): string[][] {
  const records: string[][] = []
  let record: string[] = []
  let at = 0
  while (at < text.length) {
    let field = ''
    if (text[at] === '"') {
      at += 1
      while (text[at] !== '"' || text[at + 1] === '"') {
        if (at >= text.length) throw new Error('A quote does not end.')
        field += text[at]
        at += text[at] === '"' ? 2 : 1
      }
      at += 1
    } else while (at < text.length && text[at] !== ',' && text[at] !== '\r') field += text[at++]
    record.push(field)
    if (text[at] === ',') at += 1
    else if (text.startsWith('\r\n', at)) {
      at += 2
      records.push(record)
      record = []
    } else throw new Error(`Neither a comma nor a line end at ${at}.`)
    if (text[at - 1] === ',' && at === text.length) throw new Error('A record does not end.')
  }
  return records
}

const nasty = fc.string({
  unit: fc.constantFrom('"', ',', '\r', '\n', '\t', '=', '+', '-', '@', "'", 'a', 'ü', '😀', ' '),
})
const cells = fc.array(fc.oneof(nasty, fc.string({ unit: 'binary' })), { minLength: 1, maxLength: 6 })
const plain = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text)

test('whatever the cells hold, they are read as they were written, and none as a formula', () => {
  fc.assert(
    fc.property(fc.array(cells, { minLength: 1, maxLength: 4 }), (records) => {
      const read = readCsv(records.map(csvRecord).join(''))
      expect(read).toEqual(records.map((record) => record.map(plain)))
      for (const field of read.flat()) expect(field).not.toMatch(/^[=+\-@\t\r]/)
    }),
  )
})

test.each([
  ['=cmd|"/c calc"!A1', `"'=cmd|""/c calc""!A1"`],
  ['+1', "'+1"],
  ['-1', "'-1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\tx', "'\tx"],
  ['\rx', `"'\rx"`],
  ['a=1', 'a=1'],
  ['two\nlines', '"two\nlines"'],
  ['', ''],
])('%j', (text, written) => {
  expect(csvRecord([text])).toBe(`${written}\r\n`)
})

test('numbers, truth and what is not there', () => {
  expect(csvRecord([1, true, null, 'x'])).toBe('1,true,,x\r\n')
})
