'use client'
import { useState } from 'react'
import { useRouter } from 'next/navigation'
import type { NodeType } from '@tenon/runbook'
import { useSession } from '../ui/session.ts'
import { Shell } from '../ui/shell.tsx'
import { useShortcut } from '../ui/shortcuts.ts'
import { useCatalogue } from './catalogue-index.ts'
import { CanvasTools } from './canvas-tools.tsx'
import { useClipboard } from './clipboard.ts'
import { ConflictDialog } from './conflict-dialog.tsx'
import { addNode, connect, freeStepId, type Position } from './document-commands.ts'
import { DraftChips } from './draft-chips.tsx'
import { EditorActions } from './editor-actions.tsx'
import type { RunbookDetail } from './runbook-detail.ts'
import { useEditCommands } from './edit-commands.ts'
import { nothingSelected } from './editor-store.ts'
import { EdgePanel } from './edge-panel.tsx'
import { EmptyCanvas } from './empty-canvas.tsx'
import { Inspector } from './inspector.tsx'
import { Palette } from './palette.tsx'
import { PickNode } from './pick-node.tsx'
import { placeForNew } from './place-for-new.ts'
import { RunDrawer } from './run-drawer.tsx'
import type { RunOverlay } from './run-overlay.ts'
import { RunbookCanvas } from './runbook-canvas.tsx'
import { RunbookSettingsPanel } from './runbook-settings.tsx'
import { StepTools } from './step-tools.tsx'
import { UpgradeOffer } from './upgrade-offer.tsx'
import { useDraft } from './use-draft.ts'
import { useEditor } from './use-editor.ts'
import { useFit } from './use-fit.ts'
import { useProblems } from './use-problems.ts'
import { useRunOnCanvas } from './use-run-on-canvas.ts'
import { YamlView } from './yaml-view.tsx'

interface Dangling {
  from: { stepId: string; on: string }
  at: Position
  screen: Position
}

/** The whole editor: palette, canvas, inspector, and the run that is shown on it. */
export function Editor({
  runbook,
  overlay,
  initialRun,
}: {
  runbook: RunbookDetail
  overlay: RunOverlay
  initialRun: string | null
}) {
  const router = useRouter()
  const { lacks } = useSession()
  const readOnlyReason = lacks('editor')
  const draft = useDraft(runbook, readOnlyReason !== null)
  const { store } = draft
  const { find } = useCatalogue()
  const fit = useFit()
  const problems = useProblems(store)
  const { nodes: selected, edges: selectedEdges } = useEditor(store, (state) => state.selection)
  const empty = useEditor(store, (state) => Object.keys(state.document.nodes).length === 0)
  const [runId, setRunId] = useState(initialRun)
  const { run, error } = useRunOnCanvas(runId, overlay)
  const [yaml, setYaml] = useState(runbook.document === null)
  /** Which field a problem sent the keyboard to; each asking opens the inspector anew. */
  const [focus, setFocus] = useState<{ field: string | null; asked: number }>({ field: null, asked: 0 })
  const [dangling, setDangling] = useState<Dangling | null>(null)
  const editing = readOnlyReason === null && !yaml
  const commands = useEditCommands(store, editing)
  useClipboard(store, editing)
  useShortcut({
    keys: 'y',
    label: yaml ? 'Show the canvas' : 'Show as YAML',
    group: 'Editor',
    run: () => setYaml((was) => !was),
  })

  const showRun = (id: string | null): void => {
    setRunId(id)
    router.replace(id ? `/runbooks/${runbook.name}?run=${id}` : `/runbooks/${runbook.name}`, { scroll: false })
  }

  const add = (nodeType: NodeType, at: Position, place: { from?: Dangling['from']; loop?: string } = {}): void => {
    const key = nodeType.version === 1 ? nodeType.type : `${nodeType.type}@${nodeType.version}`
    const id = freeStepId(store.getState().document, nodeType.type.split('.').at(-1)!.replaceAll('-', '_'))
    store.apply(
      (before) => {
        const loop = place.from ? before.nodes[place.from.stepId]?.in : place.loop
        const node = { type: key, with: {}, join: 'all' as const, ...(loop === undefined ? {} : { in: loop }) }
        const added = addNode(before, id, node, at)
        return place.from ? connect(added, { from: place.from.stepId, on: place.from.on, to: id }) : added
      },
      { label: `Add ${nodeType.title}`, select: { nodes: [id], edges: [] } },
    )
  }
  const addFromPalette = (nodeType: NodeType): void => {
    const { document, selection } = store.getState()
    const beside = selection.nodes.at(-1)
    const loop = beside === undefined ? undefined : document.nodes[beside]?.in
    add(nodeType, placeForNew(document, beside), loop === undefined ? {} : { loop })
  }
  const title = useEditor(store, (state) => state.document.title) || runbook.name
  const [stepId] = selected
  const [edge] = selectedEdges

  return (
    <Shell
      fill
      crumbs={[{ title: 'Runbooks', href: '/runbooks' }, { title }]}
      state={<DraftChips runbook={runbook} saver={draft.saver} readOnlyReason={readOnlyReason} />}
      actions={
        <EditorActions
          runbook={runbook}
          draft={draft}
          problems={problems}
          readOnlyReason={readOnlyReason}
          yaml={yaml}
          toggleYaml={() => setYaml((was) => !was)}
          showRun={showRun}
          showStep={(id) => {
            setYaml(false)
            store.select({ nodes: [id], edges: [] })
            fit([id])
          }}
          showProblem={(problem) => {
            setYaml(false)
            const [root, id, part, field] = problem.path
            if (root !== 'nodes' || typeof id !== 'string') return store.select(nothingSelected)
            store.select({ nodes: [id], edges: [] })
            setFocus((before) => ({ field: part === 'with' ? String(field) : null, asked: before.asked + 1 }))
            fit([id])
          }}
        />
      }
    >
      {yaml ? (
        <YamlView
          draft={draft}
          source={runbook.document === null ? runbook.draft.source : null}
          problems={problems}
          readOnly={readOnlyReason !== null}
          close={() => setYaml(false)}
        />
      ) : (
        <>
          {readOnlyReason === null && <Palette onAdd={addFromPalette} />}
          <div className="flex min-w-0 flex-1 flex-col">
            <div className="relative min-h-0 flex-1">
              <RunbookCanvas
                store={store}
                problems={problems}
                readOnly={readOnlyReason !== null}
                onDropType={(typeKey, at, loop) => {
                  const nodeType = find(typeKey)
                  if (nodeType) add(nodeType, { x: at.x - 20, y: at.y - 20 }, loop === undefined ? {} : { loop })
                }}
                onDropConnection={(from, at, screen) => setDangling({ from, at, screen })}
              />
              {empty && <EmptyCanvas readOnly={readOnlyReason !== null} />}
              {readOnlyReason === null && <UpgradeOffer draft={draft} />}
              <CanvasTools store={store} readOnly={readOnlyReason !== null} />
              {dangling && (
                <PickNode
                  at={dangling.screen}
                  close={() => setDangling(null)}
                  pick={(nodeType) => {
                    add(nodeType, { x: dangling.at.x, y: dangling.at.y - 29 }, { from: dangling.from })
                    setDangling(null)
                  }}
                />
              )}
            </div>
            {runId && <RunDrawer run={run} error={error} close={() => showRun(null)} />}
          </div>
          <aside
            aria-label="Inspector"
            data-document-fields
            className="w-[300px] shrink-0 overflow-y-auto border-l border-line bg-panel"
          >
            {selected.length > 1 ? (
              <p className="px-4 py-6 text-second">
                {selected.length} steps are selected. Arrow keys move them, Delete removes them.
              </p>
            ) : stepId ? (
              <Inspector
                key={`${stepId} ${focus.asked}`}
                focusField={focus.field}
                onFocused={() => setFocus((before) => ({ ...before, field: null }))}
                store={store}
                stepId={stepId}
                problems={problems}
                readOnly={readOnlyReason !== null}
                tools={
                  store.getState().document.nodes[stepId]?.in === undefined && (
                    <StepTools
                      name={runbook.name}
                      stepId={stepId}
                      run={run ? { id: run.id, ended: run.endedAt !== null } : null}
                      draftRevision={async () =>
                        readOnlyReason === null
                          ? (await draft.saver.flush())
                            ? draft.saver.revision()
                            : null
                          : runbook.draft.revision
                      }
                      showRun={showRun}
                    />
                  )
                }
              />
            ) : edge ? (
              <EdgePanel store={store} edge={edge} readOnly={readOnlyReason !== null} />
            ) : (
              <fieldset disabled={readOnlyReason !== null} className="contents">
                <RunbookSettingsPanel store={store} />
              </fieldset>
            )}
          </aside>
        </>
      )}
      <ConflictDialog draft={draft} />
      {commands}
    </Shell>
  )
}
