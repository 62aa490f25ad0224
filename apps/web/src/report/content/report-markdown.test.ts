import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aContent, aReport, aStep, at, chart, ms, waterfall } from '../test/a-report.ts'
import { reportDocument, type Block } from './report-document.ts'
import { reportMarkdown } from './report-markdown.ts'

const link = 'https://tenon.example/runs/8f3c'
const written = (content: Parameters<typeof reportDocument>[0]): string =>
  reportMarkdown(reportDocument(content, { link, madeAt: ms(10) }))

const query = { source: 'store', expression: 'sum(rate(shop_payments[1m]))', from: at(0), to: at(7), stepSeconds: 15 }

test('a whole report: conclusion first, then causes, the waterfall as a table, and every query', () => {
  const report = aReport({
    incomplete: { reason: 'The time of 60 s was up', missing: ['Which change did it?'] },
    nextAction: {
      title: 'Switch traffic from A to B',
      consequence: 'Zone B would be at 61 %.',
      step: 'switch',
      runbook: 'switch',
      params: { zone: 'A' },
    },
    hypotheses: [
      {
        kind: 'change',
        key: 'c',
        cause: 'payment v2',
        likelihood: 0.9,
        supports: ['began 40 s after it'],
        against: ['v2 is on 3 of 6'],
      },
      {
        kind: 'source',
        key: 's',
        cause: 'the source sends less',
        likelihood: 0,
        supports: [],
        against: ['it is as expected'],
      },
    ],
  })
  const marks = [{ at: ms(7), label: 'PaymentsLow', kind: 'alert' as const }]
  const steps = [
    aStep({
      stepId: 'loss',
      title: 'Where is the loss?',
      summary: 'Payment lost 72',
      evidence: [waterfall, chart('Success rate', { verdict: 'abnormal', marks, queries: [query] })],
    }),
  ]
  expect(written(aContent({ report, steps }))).toMatchInlineSnapshot(`
    "# Payments fell 11.8 % because payment v2 fails on 3 of 6 hosts (zone A).

    Abnormal · confidence 0.94 · since 21 November 2026, 14:02:00 UTC, 5 min before the alert · concluded in 4.0 s

    > Incomplete: The time of 60 s was up. Missing: Which change did it?

    The source is normal.

    ## What to do next

    **Switch traffic from A to B**

    Zone B would be at 61 %.

    - **runbook:** switch
    - **zone:** A

    ## Scope

    - **Chain:** Card payment

    ## Possible causes

    1. Payment v2 (likelihood 0.90)
       - For: began 40 s after it
       - Against: v2 is on 3 of 6

    ## Ruled out

    - The source sends less
      - it is as expected

    ## Where the change comes from

    ### Where the loss is

    | part | change | of expected | verdict |
    | --- | ---: | ---: | --- |
    | expected | 600 requests/min | 100.0 % |  |
    | Source | 2 requests/min | +0.3 % | normal |
    | Payment | −72 requests/min | −12.0 % | abnormal |
    | sum of the parts | −70 requests/min | −11.7 % |  |
    | now | 530 requests/min | 88.3 % |  |

    ## Charts

    ### Success rate: abnormal

    | line | first | last | lowest | highest | times without data |
    | --- | ---: | ---: | ---: | ---: | ---: |
    | version v2 | 97.0 % | 71.0 % | 70.0 % | 97.0 % | 1 |

    - 21 November 2026, 14:07:00 UTC: PaymentsLow (alert)

    Query of store, 2026-11-21T14:00:00.000Z to 2026-11-21T14:07:00.000Z, each 15 s:

    \`\`\`
    sum(rate(shop_payments[1m]))
    \`\`\`

    ## What could not be checked

    - Which change did it? It had not ended when the time was up.

    ## Steps

    | step | ended | took | found |
    | --- | --- | ---: | --- |
    | Where is the loss? | done | 1.0 s | Payment lost 72 |

    ## Run

    - **runbook:** Payment drop, version 3
    - **run:** 8f3c0000-0000-4000-8000-000000000000
    - **chain:** card-payment
    - **deep:** \\{"a":1\\}
    - **environment:** production
    - **by:** ada@example.com (button)
    - **data as of:** 21 November 2026, 14:07:00 UTC
    - **began:** 21 November 2026, 14:07:00 UTC
    - **ended:** 21 November 2026, 14:07:05 UTC
    - **plan:** sha256:abcdef
    - **written:** 21 November 2026, 14:10:00 UTC

    [This report in Tenon](https://tenon.example/runs/8f3c)
    "
  `)
})

test('a report without anything still says what it is', () => {
  const text = written(aContent({ run: { status: 'running', concludedAt: null, endedAt: null } }))
  expect(text.startsWith('# Beginning…\n\nRunning\n\n> The run goes on')).toBe(true)
  expect(text).not.toMatch(/undefined|NaN|null/)
})

describe('nothing breaks out of its place', () => {
  const nasty = [
    'a | b | c',
    '`code` and ``more``',
    'line one\nline two\r\n\r\n# not a heading',
    '<script>alert(1)</script> <img src=x onerror=alert(1)> &lt;',
    '[press](javascript:alert(1)) ![x](http://evil.example/x.png)',
    '\\| \\` \\[x](y)',
    '- item',
    '1. item',
    '> quote',
    '# head',
    '=== ---',
    '~~~',
    '```\nsh\n```',
    '$x$',
    '***',
    '\u202Eevil',
    '\u0000\u001b[31m',
    'www.evil.example and https://evil.example',
  ]
  test.each(nasty)('%j in a table cell, a heading, a paragraph and a list', (text) => {
    const blocks: Block[] = [
      { kind: 'heading', level: 2, text },
      { kind: 'paragraph', look: 'plain', text },
      { kind: 'list', ordered: false, items: [{ text, details: [text] }] },
      {
        kind: 'table',
        columns: [
          { label: text, isNumber: false },
          { label: 'b', isNumber: true },
        ],
        rows: [[text, text]],
        omitted: 0,
      },
    ]
    const lines = reportMarkdown(blocks).trimEnd().split('\n')
    const table = lines.slice(-3)
    for (const line of table) expect(cells(line)).toBe(2)
    expect(lines.filter((line) => /^#{1,6} /.test(line))).toHaveLength(1)
    const all = lines.join('\n')
    expect(all).not.toMatch(/<(?!$)/)
    expect(all).not.toMatch(/(?<!\\)[`[\]]/)
    expect(all).not.toMatch(/https?:|www\./)
    expect(all).not.toMatch(/(?!\n)[\p{Cc}\u202A-\u202E]/u)
  })

  test('a query closes no fence of its own', () => {
    const expression = 'sum(x)\n```\n# owned\n`````\n<b>|'
    const text = reportMarkdown([{ kind: 'query', query: { ...query, expression } }])
    const [open] = /^`{3,}$/m.exec(text) ?? ['']
    expect(open).toBe('``````')
    expect(text.split(`\n${open}\n`)).toHaveLength(3)
    expect(text.endsWith(`\n${expression}\n${open}\n`)).toBe(true)
  })

  test('any text stays in its cell', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (text) => {
        const row = reportMarkdown([
          { kind: 'table', columns: [{ label: 'a', isNumber: false }], rows: [[text]], omitted: 0 },
        ])
          .trimEnd()
          .split('\n')
        expect(row).toHaveLength(3)
        expect(cells(row[2] ?? '')).toBe(1)
      }),
      { numRuns: 40 },
    )
  })
})

test('what is very long is cut, and says so', () => {
  const text = reportMarkdown([{ kind: 'paragraph', look: 'plain', text: '💥'.repeat(30_000) }])
  expect(text.length).toBeLessThan(4_100)
  expect(text).toMatch(/^(💥)+…\n$/u)
  const rows = Array.from({ length: 200 }, (_, index) => aStep({ stepId: `s${index}` }))
  expect(written(aContent({ steps: rows }))).toContain('140 more rows are in Tenon.')
})

/** Bars that end a cell: those without a backslash that is not itself escaped. */
function cells(line: string): number {
  return line.replaceAll(/\\./g, '').split('|').length - 2
}
