'use client'
import { useState } from 'react'
import { useRouter } from 'next/navigation'
import { Code, Ellipsis, FlaskConical, History, Play } from 'lucide-react'
import type { Problem } from '@tenon/runbook'
import { Button, ButtonLink, IconButton } from '../ui/button.tsx'
import { Menu } from '../ui/menu.tsx'
import { useShortcut } from '../ui/shortcuts.ts'
import { ExportDialog } from './export-dialog.tsx'
import type { RunbookDetail } from './runbook-detail.ts'
import { ProblemsMenu } from './problems-menu.tsx'
import { PublishDialog } from './publish-dialog.tsx'
import { RunDialog } from './run-dialog.tsx'
import { TestsPanel } from './tests-panel.tsx'
import type { Draft } from './use-draft.ts'
import { useEditor } from './use-editor.ts'
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
  showStep: (id: string) => void
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
  showStep,
}: EditorActionsProps) {
  const [open, setOpen] = useState<'run' | 'publish' | 'versions' | 'tests' | 'export' | null>(null)
  const router = useRouter()
  const close = (): void => setOpen(null)
  const errors = errorsOf(problems)
  const tests = useEditor(draft.store, (state) => Object.keys(state.document.tests).length)
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
      <Button
        className="max-2xl:hidden"
        icon={<FlaskConical aria-hidden className="size-3.5" />}
        disabledReason={tests > 0 ? blocked : null}
        onClick={() => setOpen('tests')}
      >
        Tests{tests > 0 && <span className="figures text-third">{tests}</span>}
      </Button>
      <ButtonLink
        className="max-2xl:hidden"
        href={`/runbooks/${runbook.name}/backtests`}
        icon={<History aria-hidden className="size-3.5" />}
      >
        Backtest
      </ButtonLink>
      <Button className="max-xl:hidden" onClick={() => setOpen('versions')}>
        Versions
      </Button>
      <Menu
        trigger={
          <IconButton label="More">
            <Ellipsis aria-hidden className="size-4" />
          </IconButton>
        }
        items={[
          { label: 'Versions', onSelect: () => setOpen('versions') },
          { label: 'Tests', disabled: tests > 0 && blocked !== null, onSelect: () => setOpen('tests') },
          { label: 'Backtest', onSelect: () => router.push(`/runbooks/${runbook.name}/backtests`) },
          { label: 'Export as code', disabled: blocked !== null, onSelect: () => setOpen('export') },
        ]}
      />
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
      {open === 'tests' && (
        <TestsPanel
          count={tests}
          source={() => draft.text.of(draft.store.getState().document)}
          showStep={(id) => {
            close()
            showStep(id)
          }}
          close={close}
        />
      )}
      {open === 'export' && (
        <ExportDialog name={runbook.name} source={() => draft.text.of(draft.store.getState().document)} close={close} />
      )}
      {open === 'versions' && <VersionsDialog runbook={runbook} readOnlyReason={readOnlyReason} close={close} />}
    </>
  )
}
