import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomDocument, randomEdits } from '../../test/random-document.ts'
import { sameValue } from '../diff/field-changes.ts'
import type { RunbookDocument } from '../document.ts'
import { formatRunbook } from '../format-runbook.ts'
import { parseRunbook } from '../parse-runbook.ts'
import { editRunbookText } from './edit-runbook-text.ts'
import { renameSteps } from './rename-steps.ts'

const source = `# Who to ask: the payments team.
tenon: 1
name: payment-drop   # stays
title: "Payment drop"

params:
    chain: { type: chain }   # which one

# The steps.
nodes:
    source:
        # Ten minutes are too few at night.
        type: judge.loss
        with:
            chain: \${params.chain}
            window: '15m'   # usual
            tags: [a,  b]

    # Tells everyone.
    tell:
        type: act.tell
        join: all   # written out
        with: { title: "Lost" }
edges:
- {from: source, on: found, to: tell}   # only when found
- from: source   # and when it broke
  on: error
  to: tell
`

function edited(change: (document: RunbookDocument) => RunbookDocument | void, text = source): string {
  const document = parseRunbook(text).document!
  const copy = structuredClone(document)
  const after = change(copy) ?? copy
  const written = editRunbookText(text, after)
  expect(parseRunbook(written).document).toEqual(after)
  return written
}

/** Lines that went and came, as a diff shows them. */
function changedLines(written: string, was = source): string[] {
  const [before, after] = [was.split('\n'), written.split('\n')]
  return [
    ...before.filter((line) => !after.includes(line)).map((line) => `- ${line}`),
    ...after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`),
  ]
}

test('a changed value changes one line and keeps its quotes and its comment', () => {
  const written = edited((document) => {
    document.nodes['source']!.with['window'] = '30m'
    document.title = 'Drop: of "payments"'
  })
  expect(changedLines(written)).toEqual([
    '- title: "Payment drop"',
    "-             window: '15m'   # usual",
    '+ title: "Drop: of \\"payments\\""',
    "+             window: '30m'   # usual",
  ])
})

test('a default that was written out stays as long as it holds', () => {
  expect(changedLines(edited((document) => void (document.nodes['tell']!.title = 'Tell')))).toEqual([
    '+         title: Tell',
  ])
})

test('a removed step takes its comment and its edges along, nothing else', () => {
  const written = edited(({ nodes: { source: kept }, ...rest }) => ({ ...rest, nodes: { source: kept! }, edges: [] }))
  expect(written).toBe(source.slice(0, source.indexOf('    # Tells everyone.')))
})

test('a new step stands behind the one it follows, indented as the text is; new edges behind the others', () => {
  const written = edited((document) => {
    document.nodes['later'] = { type: 'act.tell', with: { title: 'x', tags: ['a'] }, join: 'all' }
    document.edges.splice(1, 0, { from: 'tell', on: 'sent', to: 'later' })
    document.layout = { later: { x: 1, y: 2 } }
  })
  expect(written).toContain(`        with: { title: "Lost" }
    later:
        type: act.tell
        with:
            title: x
            tags:
              - a
edges:
- {from: source, on: found, to: tell}   # only when found
- { from: tell, on: sent, to: later }
- from: source   # and when it broke
`)
  expect(written.endsWith('  to: tell\nlayout:\n    later: { x: 1, y: 2 }\n')).toBe(true)
})

test('a renamed step keeps its place and its comments', () => {
  const written = edited((document) => renameSteps(document, new Map([['tell', 'announce']])))
  expect(written).toBe(
    source
      .replace('    tell:', '    announce:')
      .replace('to: tell}', 'to: announce}')
      .replace('to: tell\n', 'to: announce\n'),
  )
})

test.each([
  ['no newline at the end', source.trimEnd()],
  ['lines that end in CRLF', source.replaceAll('\n', '\r\n')],
])('%s is kept', (_what, text) => {
  const written = edited((document) => {
    document.layout = { source: { x: 1, y: 2 } }
    document.nodes['source']!.with['window'] = '1h'
  }, text)
  expect(written.replaceAll('\r\n', '\n')).toContain("window: '1h'   # usual")
  expect(
    written.split('\n').every((line, at, all) => at === all.length - 1 || line.endsWith('\r') === text.includes('\r')),
  ).toBe(true)
})

test('a text that is no runbook, and one in JSON, is written anew', () => {
  const document = parseRunbook(source).document!
  expect(editRunbookText('tenon: [', document)).toBe(formatRunbook(document))
  expect(editRunbookText(JSON.stringify({ ...document, title: 'x' }), document)).toBe(formatRunbook(document))
})

/** The canonical text with a comment behind every line that can take one, and above every step. */
function commented(text: string): string {
  let count = 0
  return `# first\n${text
    .split('\n')
    .flatMap((line) => {
      const own = /^ {2}[a-z]+:$/.test(line) ? [`  # above ${count}`] : []
      // Not behind text that goes on in the next line, nor inside of it.
      const takes = /^( {0,4}[a-z]+: [\w.{}:, -]+|  - \{.*\})$/.test(line) && !/[|>]/.test(line)
      count += 1
      return [...own, takes ? `${line} # behind ${count}` : line]
    })
    .join('\n')}`
}

test(
  'what is read back is always the document, and comments where nothing changed survive',
  { timeout: 60_000 },
  () => {
    const count = { edited: 0, kept: 0, all: 0 }
    fc.assert(
      fc.property(randomDocument, randomEdits, (before, edits) => {
        const text = commented(formatRunbook(before))
        fc.pre(sameValue(parseRunbook(text).document, before))
        const after = edits(before)
        const written = editRunbookText(text, after)
        expect(sameValue(parseRunbook(written).document, after)).toBe(true)
        expect(written).toContain('# first\n')
        expect(written === text).toBe(sameValue(before, after))
        if (!sameValue(before, after)) count.edited += 1
        count.all += text.match(/#/g)!.length
        count.kept += written.match(/#/g)!.length
        for (const id of Object.keys(before.nodes)) {
          if (!sameValue(before.nodes[id], after.nodes[id])) continue
          const block = new RegExp(`^  # above \\d+\\n  ${id}:\\n(    .*\\n|\\n)*`, 'm').exec(
            text.slice(text.indexOf('\nnodes:')),
          )?.[0]
          expect(written).toContain(block)
        }
      }),
      { numRuns: 150 },
    )
    expect(count.edited).toBeGreaterThan(50)
    expect(count.kept / count.all).toBeGreaterThan(0.7)
  },
)
