'use client'
import { useState } from 'react'
import { Code, Play } from 'lucide-react'
import type { Problem } from '@tenon/runbook'
import { Button } from '../ui/button.tsx'
import { useShortcut } from '../ui/shortcuts.ts'
import type { RunbookDetail } from './runbook-detail.ts'
import { ProblemsMenu } from './problems-menu.tsx'
import { PublishDialog } from './publish-dialog.tsx'
import { RunDialog } from './run-dialog.tsx'
import type { Draft } from './use-draft.ts'
import { errorsOf } from './use-problems.ts'
import { VersionsDialog } from './versions-dialog.tsx'

export interface EditorActionsProps {
  runbook: RunbookDetail
  draft: Draft
  problems: readonly Problem[]
  readOnlyReason: string | null
  yaml: boolean
  toggleYaml: () => void
  showRun: (id: string | null) => void
  showProblem: (problem: Problem) => void
}

/** The top bar's right side: problems, YAML, run, publish. */
export function EditorActions({
  runbook,
  draft,
  problems,
  readOnlyReason,
  yaml,
  toggleYaml,
  showRun,
  showProblem,
}: EditorActionsProps) {
  const [open, setOpen] = useState<'run' | 'publish' | 'versions' | null>(null)
  const close = (): void => setOpen(null)
  const errors = errorsOf(problems)
  const blocked =
    errors.length === 0
      ? null
      : `${errors.length} ${errors.length === 1 ? 'problem' : 'problems'} must be mended first.`
  const publishReason = readOnlyReason ?? blocked
  useShortcut({ keys: 'mod+enter', label: 'Run the draft', group: 'Editor', run: () => !blocked && setOpen('run') })
  return (
    <>
      <ProblemsMenu problems={problems} show={showProblem} />
      <Button shortcut="Y" aria-pressed={yaml} icon={<Code aria-hidden className="size-3.5" />} onClick={toggleYaml}>
        {yaml ? 'Canvas' : 'YAML'}
      </Button>
      <Button className="max-xl:hidden" onClick={() => setOpen('versions')}>
        Versions
      </Button>
      <Button
        shortcut="⌘↵"
        icon={<Play aria-hidden className="size-3.5" />}
        disabledReason={blocked}
        onClick={() => setOpen('run')}
      >
        Run
      </Button>
      <Button variant="primary" disabledReason={publishReason} onClick={() => setOpen('publish')}>
        Publish…
      </Button>
      {open === 'run' && (
        <RunDialog runbook={runbook} draft={draft} readOnly={readOnlyReason !== null} close={close} started={showRun} />
      )}
      {open === 'publish' && <PublishDialog runbook={runbook} draft={draft} problems={problems} close={close} />}
      {open === 'versions' && <VersionsDialog runbook={runbook} readOnlyReason={readOnlyReason} close={close} />}
    </>
  )
}
