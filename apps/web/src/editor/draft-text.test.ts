import { parseRunbook, type RunbookDocument } from '@tenon/runbook'
import { expect, test } from 'vitest'
import { createDraftText, documentOf, mergedText } from './draft-text.ts'

const text = 'tenon: 1\nname: a\ntitle: A # the title\nnodes: {}\n'
const document: RunbookDocument = parseRunbook(text).document!

test('a text that nobody changed is given back as it is', () => {
  expect(createDraftText(text, document).of(document)).toBe(text)
})

test('changes of the canvas are written into the text, comments and all', () => {
  const draft = createDraftText(text, document)
  const longer = draft.of({ ...document, timeout: '2h' })
  expect(longer).toContain('title: A # the title\n')
  expect(longer).toContain('timeout: 2h\n')
  expect(draft.of(document)).toBe(text)
})

test('what a person wrote is what is changed from then on', () => {
  const draft = createDraftText(text, document)
  const written = `# mine\n${text}`
  draft.set(written, documentOf(written))
  expect(draft.of({ ...document, title: 'B' })).toBe(`# mine\n${text.replace('title: A', 'title: B')}`)
})

test('a draft that is no runbook is written anew by its first change', () => {
  expect(createDraftText('tenon: [', null).of(document)).toBe('tenon: 1\nname: a\ntitle: A\nnodes: {}\n')
})

test('a merge keeps the comments of the side that wrote some', () => {
  const merged = { ...document, title: 'B' }
  const mine = `# mine\n${text}`
  const theirs = `# theirs\n${text}`
  expect(mergedText({ base: text, ours: mine, theirs: text }, merged)).toContain('# mine')
  expect(mergedText({ base: text, ours: text, theirs }, merged)).toContain('# theirs')
})
