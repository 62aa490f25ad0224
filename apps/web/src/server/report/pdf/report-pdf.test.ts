import { inflateSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { aContent, aReport, aStep, at, chart, ms, waterfall } from '../../../report/test/a-report.ts'
import { reportDocument, type Block } from '../../../report/content/report-document.ts'
import { loadPdfFonts, type PdfFonts } from './pdf-fonts.ts'
import { reportPdf } from './report-pdf.ts'

let fonts: PdfFonts
beforeAll(async () => {
  fonts = await loadPdfFonts([])
})

const link = 'https://tenon.example/runs/8f3c'
const made = (blocks: readonly Block[]): Promise<Buffer> => reportPdf(blocks, { fonts, link, madeAt: ms(10) })

const full = aContent({
  report: aReport({ unchecked: ['Is the database full? No measure says so.'] }),
  steps: [
    aStep({
      stepId: 'loss',
      evidence: [
        waterfall,
        chart('Success rate', {
          verdict: 'abnormal',
          band: [
            [ms(0), 0.9, 1],
            [ms(3), 0.9, 1],
          ],
          marks: [
            { at: ms(1), label: 'CHG-2041', kind: 'change' },
            { at: ms(2), label: 'onset', kind: 'onset' },
            { at: ms(3), label: 'PaymentsLow', kind: 'alert' },
          ],
          queries: [{ source: 'store', expression: 'sum(rate(x[1m]))', from: at(0), to: at(7), stepSeconds: 15 }],
        }),
      ],
    }),
  ],
})

test('a whole report is a PDF of several blocks with its fonts inside and its words to be found', async () => {
  const bytes = await made(reportDocument(full, { link, madeAt: ms(10) }))
  expect(bytes.subarray(0, 5).toString()).toBe('%PDF-')
  expect(bytes.toString('latin1').trimEnd().endsWith('%%EOF')).toBe(true)
  expect(bytes.length).toBeLessThan(200_000)
  const said = textOf(bytes)
  expect(said).toContain('Payments fell 11.8 %')
  expect(said).toContain('sum of the parts')
  expect(said).toContain('sum(rate(x[1m]))')
  expect(said).toContain('PaymentsLow')
  expect(bytes.toString('latin1')).toMatch(/\/FontFile[23]/)
  // No font of the reader's machine is counted on.
  expect(bytes.toString('latin1')).not.toMatch(/\/BaseFont \/Helvetica/)
})

test('the same report is the same file', async () => {
  const blocks = reportDocument(full, { link, madeAt: ms(10) })
  const [one, other] = [await made(blocks), await made(blocks)]
  // The trailer's id is drawn from the info, which is the same.
  expect(one.equals(other)).toBe(true)
})

describe('awkward content', () => {
  const table = (cell: string): Block => ({
    kind: 'table',
    columns: [
      { label: 'a', isNumber: false },
      { label: 'b', isNumber: true },
    ],
    rows: Array.from({ length: 12 }, () => [cell, '1']),
    omitted: 3,
  })
  test('very long words and texts are broken over lines and pages', async () => {
    const long = 'x'.repeat(50_000)
    const bytes = await made([
      { kind: 'title', text: long },
      { kind: 'paragraph', look: 'warning', text: long },
      table(long.slice(0, 5_000)),
    ])
    expect(bytes.toString('latin1').match(/\/Type \/Page\b/g)?.length).toBeGreaterThan(3)
  })

  test('Greek, Cyrillic and Vietnamese are drawn; what no font has is an empty box and is said so', async () => {
    const words = 'Πληρωμή Оплата Thanh toán'
    expect(textOf(await made([{ kind: 'paragraph', look: 'plain', text: words }]))).not.toContain('empty boxes')
    const said = textOf(await made([{ kind: 'paragraph', look: 'plain', text: '支付' }]))
    expect(said).toContain('2 signs of this report are in none of the fonts')
    expect(textOf(await made([{ kind: 'paragraph', look: 'plain', text: 'v1 → v2' }]))).toContain('v1 -> v2')
  })

  test('a font that the operator adds is used', async () => {
    const more = await loadPdfFonts([
      new URL('../../../../../../node_modules/@fontsource/inter/files/inter-latin-700-normal.woff', import.meta.url)
        .pathname,
    ])
    expect(more.faces.at(-1)?.name).toBe('more-0')
    expect(more.faceOf(0x41, 'regular')).toEqual({ name: 'inter-latin-regular', isMissing: false })
  })

  test('charts without a value, with one, and with flat ones', async () => {
    const points = (values: (number | null)[]) => [
      { name: 'a', points: values.map((value, index): [number, number | null] => [ms(index), value]) },
    ]
    for (const values of [[], [null, null], [1], [5, 5, 5], [0, 0], [-3, null, 4], [1e15, 1e-9]]) {
      const evidence = chart('c', { series: points(values), marks: [{ at: ms(99), label: 'far', kind: 'onset' }] })
      const said = textOf(
        await made([
          { kind: 'chart', evidence, marks: [], table: { kind: 'table', columns: [], rows: [], omitted: 0 } },
        ]),
      )
      expect(said).not.toMatch(/NaN|Infinity|undefined/)
    }
    const nothing = { ...waterfall, expected: 0, actual: 0, parts: [] }
    await made([{ kind: 'waterfall', evidence: nothing, table: { kind: 'table', columns: [], rows: [], omitted: 0 } }])
  })
})

/** The words of a PDF of ours, by the maps of its fonts from glyphs to signs. */
function textOf(bytes: Buffer): string {
  const file = bytes.toString('latin1')
  const streams = new Map<string, string>()
  for (const [, id = '', body = ''] of file.matchAll(/(\d+) 0 obj\n([\s\S]*?)endobj/g)) {
    const start = body.indexOf('stream\n')
    if (start === -1) continue
    const data = Buffer.from(body.slice(start + 7, body.lastIndexOf('\nendstream')), 'latin1')
    streams.set(id, body.includes('/FlateDecode') ? inflateSync(data).toString('latin1') : data.toString('latin1'))
  }
  const fonts = new Map<string, Map<string, string>>()
  for (const [, name = '', id = ''] of file.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
    const toUnicode = new RegExp(`\\n${id} 0 obj\\n[\\s\\S]*?/ToUnicode (\\d+) 0 R`).exec(file)?.[1] ?? ''
    fonts.set(name, signsOf(streams.get(toUnicode) ?? ''))
  }
  return [...streams.values()]
    .filter((stream) => stream.includes(' Tf'))
    .flatMap((stream) => {
      let signs = new Map<string, string>()
      return [...stream.matchAll(/\/(F\d+) [\d.]+ Tf|<([0-9a-f]+)>|(?:^|\s)(ET)(?=\s|$)/g)].map(
        ([, font, hex, end]) => {
          if (font) signs = fonts.get(font) ?? signs
          if (end) return ' '
          return (hex ?? '').replaceAll(/.{4}/g, (glyph) => signs.get(glyph) ?? '?')
        },
      )
    })
    .join('')
    .replaceAll(/ +/g, ' ')
}

function signsOf(map: string): Map<string, string> {
  const signs = new Map<string, string>()
  for (const [, from = '0', , list = ''] of map.matchAll(/<([0-9a-f]{4})> <([0-9a-f]{4})> \[([^\]]*)\]/g)) {
    let glyph = Number.parseInt(from, 16)
    for (const [, hex = ''] of list.matchAll(/<([0-9a-f ]*)>/g)) {
      const text = hex.replaceAll(' ', '').replaceAll(/.{4}/g, (unit) => String.fromCharCode(Number.parseInt(unit, 16)))
      signs.set(glyph.toString(16).padStart(4, '0'), text)
      glyph += 1
    }
  }
  return signs
}
