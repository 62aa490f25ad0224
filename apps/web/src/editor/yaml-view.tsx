'use client'
import { useState } from 'react'
import { locateProblems, parseRunbook, type Problem } from '@tenon/runbook'
import { Button } from '../ui/button.tsx'
import type { Draft } from './use-draft.ts'
import { useEditor } from './use-editor.ts'
import { SourceView } from './source-view.tsx'

interface YamlViewProps {
  draft: Draft
  /** The draft's text when it is no document; it is then mended here. */
  source: string | null
  problems: readonly Problem[]
  readOnly: boolean
  close: () => void
}

/** The whole document as text. What parses is on the canvas at once, as one step of history for each visit. */
export function YamlView({ draft, source, problems, readOnly, close }: YamlViewProps) {
  const { store } = draft
  const [text, setText] = useState(() => source ?? draft.text.of(store.getState().document))
  const { name } = useEditor(store, (state) => state.document)
  const parsed = parseNamed(text, name)
  const shown = parsed.document ? locateProblems(text, problems) : parsed.problems
  const change = (next: string): void => {
    setText(next)
    const { document } = parseNamed(next, name)
    if (!document) return
    draft.text.set(next, document)
    store.apply(() => document, { label: 'Edit YAML', coalesce: 'yaml' })
  }
  return (
    <div className="flex min-w-0 flex-1 flex-col">
      <SourceView source={text} problems={shown} readOnly={readOnly} onChange={change} />
      <footer className="flex items-center gap-3 border-t border-line bg-panel px-4 py-2">
        <span className="text-second">
          {parsed.document
            ? 'The canvas shows this text.'
            : 'This text is no runbook yet: the canvas still shows the last one that was.'}
        </span>
        <Button className="ml-auto" size="small" onClick={close}>
          Back to the canvas
        </Button>
      </footer>
    </div>
  )
}

/** The name is the runbook's identity: a text that gives another one is not taken over. */
function parseNamed(text: string, name: string): ReturnType<typeof parseRunbook> {
  const parsed = parseRunbook(text)
  if (!parsed.document || parsed.document.name === name) return parsed
  const renamed: Problem = {
    code: 'runbook-renamed',
    severity: 'error',
    message: `This runbook is called "${name}"; a name stays.`,
    fix: `Write "name: ${name}", or copy the runbook under another name from the list.`,
    path: ['name'],
  }
  return { document: null, problems: locateProblems(text, [renamed]) }
}
