'use client'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { Trash2 } from 'lucide-react'
import type { Effect, NodeType, Problem } from '@tenon/runbook'
import { Badge } from '../ui/badge.tsx'
import { IconButton } from '../ui/button.tsx'
import { Tabs } from '../ui/tabs.tsx'
import { classNames } from '../ui/class-names.ts'
import { BehaviourTab } from './behaviour-tab.tsx'
import { useCatalogue } from './catalogue-index.ts'
import { removeNodes, setInput } from './document-commands.ts'
import { type EditorStore, nothingSelected } from './editor-store.ts'
import { InputField } from './input-field.tsx'
import { NodeIcon } from './node-icon.tsx'
import { referencesFor } from './references.ts'
import { useStepState } from './run-overlay.ts'
import { schemaFields } from './schema-fields.ts'
import { StepConnections } from './step-connections.tsx'
import { StepResultView } from './step-result.tsx'
import { useEditor } from './use-editor.ts'

type Tab = 'inputs' | 'behaviour' | 'result'

const effectWords: Record<Effect, string> = {
  compute: 'computes',
  read: 'reads',
  write: 'changes things',
  approve: 'asks people',
  wait: 'waits',
  event: 'waits',
  each: 'loop',
  repeat: 'loop',
  child: 'runs a runbook',
  stop: 'ends the run',
}

export interface InspectorProps {
  store: EditorStore
  stepId: string
  problems: readonly Problem[]
  readOnly: boolean
  /** The input where the keyboard goes when it opens. */
  focusField: string | null
  onFocused: () => void
  /** What can be tried with the step, above its last result. */
  tools?: ReactNode
}

/** One step: its inputs, how it behaves, how it can end, and what it last found. */
export function Inspector({ store, stepId, problems, readOnly, focusField, onFocused, tools }: InspectorProps) {
  const document = useEditor(store, (state) => state.document)
  const { find } = useCatalogue()
  const [tab, setTab] = useState<Tab>('inputs')
  const frame = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (focusField === null) return
    const field = frame.current?.querySelector(`[data-field="${CSS.escape(focusField)}"]`)
    field?.querySelector<HTMLElement>('input, textarea, button')?.focus()
    // Once: choosing the step again leaves the keyboard on the canvas.
    onFocused()
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- only what is asked for matters
  }, [focusField])
  const last = useStepState(stepId)
  const node = document.nodes[stepId]
  if (!node) return null
  const nodeType = find(node.type)
  const own = problems.filter((problem) => problem.path[0] === 'nodes' && problem.path[1] === stepId)

  return (
    <div ref={frame} data-testid="inspector">
      <header className="flex items-center gap-2.5 px-4 pt-4">
        <NodeIcon icon={nodeType?.icon ?? ''} group={nodeType?.group ?? 'steer'} />
        <div className="min-w-0 flex-1">
          <div className="flex items-center gap-2">
            <h2 className="min-w-0 text-lg leading-tight font-semibold">
              {node.title ?? nodeType?.title ?? node.type}
            </h2>
            {nodeType && <Badge>{effectWords[nodeType.effect]}</Badge>}
          </div>
        </div>
        {!readOnly && (
          <IconButton
            size="small"
            variant="ghost"
            label="Delete this step"
            onClick={() =>
              store.apply((before) => removeNodes(before, [stepId]), { label: 'Delete', select: nothingSelected })
            }
          >
            <Trash2 aria-hidden className="size-3.5" />
          </IconButton>
        )}
      </header>
      <Description text={nodeType?.description ?? 'This node type is not in the catalogue.'} />
      <OtherProblems problems={own} />
      <Tabs<Tab>
        className="mt-2 px-3"
        label="Step"
        value={tab}
        onChange={setTab}
        items={[
          {
            value: 'inputs',
            label: 'Inputs',
            content: (
              <fieldset disabled={readOnly} className="contents">
                <Inputs store={store} stepId={stepId} nodeType={nodeType} problems={own} />
              </fieldset>
            ),
          },
          {
            value: 'behaviour',
            label: 'Behaviour',
            content: (
              <fieldset disabled={readOnly} className="contents">
                <BehaviourTab key={stepId} store={store} stepId={stepId} nodeType={nodeType} />
              </fieldset>
            ),
          },
          {
            value: 'result',
            label: 'Last result',
            content: (
              <>
                {tools}
                <StepResultView step={last} nodeType={nodeType} />
              </>
            ),
          },
        ]}
      />
    </div>
  )
}

/** The first lines; a press shows the rest. */
function Description({ text }: { text: string }) {
  const [open, setOpen] = useState(false)
  return (
    <button
      type="button"
      aria-expanded={open}
      title={open ? undefined : text}
      onClick={() => setOpen((was) => !was)}
      className={classNames('mx-4 mt-2 w-[calc(100%-2rem)] text-left text-sm text-second', !open && 'line-clamp-3')}
    >
      {text}
    </button>
  )
}

/** Problems that belong to no field of the form stand at the top. */
function OtherProblems({ problems }: { problems: readonly Problem[] }) {
  const rest = problems.filter((problem) => problem.path[2] !== 'with' || problem.path.length < 4)
  if (rest.length === 0) return null
  return (
    <ul className="mx-4 mt-3 space-y-2 rounded-lg bg-abnormal-tint px-3 py-2 text-sm">
      {rest.map((problem) => (
        <li key={`${problem.code} ${problem.path.join('.')} ${problem.message}`}>
          <span className="font-semibold">{problem.message}</span> {problem.fix}
        </li>
      ))}
    </ul>
  )
}

interface PartProps {
  store: EditorStore
  stepId: string
  nodeType: NodeType | undefined
}

function Inputs({ store, stepId, nodeType, problems }: PartProps & { problems: readonly Problem[] }) {
  const document = useEditor(store, (state) => state.document)
  const { find } = useCatalogue()
  const last = useStepState(stepId)
  const node = document.nodes[stepId]
  if (!node || !nodeType) return null
  const references = referencesFor(document, stepId, find)
  const lastInput = last?.input
  const lastValues: Record<string, unknown> =
    typeof lastInput === 'object' && lastInput !== null && !Array.isArray(lastInput) ? { ...lastInput } : {}
  const fields = schemaFields(nodeType)
  return (
    <div className="space-y-3.5 px-1 py-4">
      {fields.length === 0 && <p className="text-second">This step needs no input.</p>}
      {fields.map((field) => (
        <InputField
          key={`${stepId} ${field.name}`}
          field={field}
          value={node.with[field.name]}
          lastValue={lastValues[field.name]}
          problem={problems.find((problem) => problem.path[2] === 'with' && problem.path[3] === field.name)}
          references={references}
          onChange={(value) =>
            store.apply((before) => setInput(before, stepId, field.name, value), {
              label: `Edit ${field.label.toLowerCase()}`,
              coalesce: `${stepId}.${field.name}`,
            })
          }
        />
      ))}
      <StepConnections store={store} stepId={stepId} nodeType={nodeType} />
    </div>
  )
}
