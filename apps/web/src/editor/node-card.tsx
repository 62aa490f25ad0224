'use client'
import { memo } from 'react'
import { Handle, type NodeProps, Position } from '@xyflow/react'
import { TriangleAlert } from 'lucide-react'
import { StateMark } from '../ui/badge.tsx'
import { classNames } from '../ui/class-names.ts'
import { stepTone, stepWord } from '../ui/run-words.ts'
import { type CardNode, inputPort } from './flow-graph.ts'
import { inputY, outcomeY } from './card-geometry.ts'
import { NodeIcon } from './node-icon.tsx'
import { type StepRow, useStepState } from './run-overlay.ts'

const portTones = {
  normal: 'border-normal!',
  abnormal: 'border-abnormal!',
  inconclusive: 'border-inconclusive! border-dashed!',
  neutral: 'border-third!',
} as const

const portLook = 'size-3! min-w-0! min-h-0! border-2! bg-panel! transition-transform hover:scale-130!'

/** A step on the canvas: what it asks or orders, its main input, and a row for each way in which it can end. */
export const NodeCard = memo(function NodeCard({ data, selected }: NodeProps<CardNode>) {
  const { stepId, node, nodeType, outcomes, problems } = data
  const failed = problems.some((problem) => problem.severity === 'error')
  return (
    <div
      data-testid={`node-${stepId}`}
      className={classNames(
        'relative size-full rounded-xl border bg-panel text-left shadow-rest',
        selected ? 'border-accent ring-2 ring-accent/25' : failed ? 'border-abnormal/60' : 'border-line-strong',
      )}
    >
      <div className="flex h-[58px] items-center gap-2.5 border-b border-line px-3">
        <NodeIcon icon={nodeType?.icon ?? ''} group={nodeType?.group ?? 'steer'} />
        <div className="min-w-0">
          <div className="truncate text-base font-semibold">{node.title ?? nodeType?.title ?? node.type}</div>
          <div className="truncate text-xs text-third">{mainLine(data)}</div>
        </div>
      </div>
      <Handle
        id={inputPort}
        type="target"
        position={Position.Left}
        style={{ top: inputY }}
        data-testid={`port-in-${stepId}`}
        className={classNames(portLook, 'rounded-[3px]! border-third!')}
      />
      {outcomes.map((outcome, index) => (
        <div key={outcome.name}>
          <span
            className="absolute right-4 -translate-y-1/2 text-sm text-second"
            style={{ top: outcomeY(index) }}
            title={outcome.meaning}
          >
            {outcome.name}
          </span>
          <Handle
            id={outcome.name}
            type="source"
            position={Position.Right}
            style={{ top: outcomeY(index) }}
            data-testid={`port-out-${stepId}-${outcome.name}`}
            className={classNames(portLook, 'rounded-full!', portTones[outcome.tone])}
          />
        </div>
      ))}
      <Corner stepId={stepId} problems={problems} outcomes={outcomes} />
    </div>
  )
})

function stateLabel(step: StepRow): string {
  const word = step.outcome ?? stepWord(step.status)
  return step.rounds === undefined ? word : `${word} · ${step.rounds} ${step.rounds === 1 ? 'round' : 'rounds'}`
}

/** The corner says how the run stands; without a run it says what is wrong with the step. */
function Corner({ stepId, problems, outcomes }: Pick<CardNode['data'], 'stepId' | 'problems' | 'outcomes'>) {
  const step = useStepState(stepId)
  const [problem] = problems
  if (step) {
    const outcomeTone = outcomes.find((outcome) => outcome.name === step.outcome)?.tone
    return (
      <span className="absolute -top-2.5 right-3 rounded-sm ring-2 ring-page" data-testid={`state-${stepId}`}>
        <StateMark tone={stepTone({ ...step, outcomeTone })} label={stateLabel(step)} />
      </span>
    )
  }
  if (!problem) return null
  const error = problems.find((each) => each.severity === 'error') ?? problem
  return (
    <span
      role="img"
      aria-label={`${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}: ${error.message}`}
      title={`${error.message} ${error.fix}`}
      className={classNames(
        'absolute -top-2.5 right-3 flex size-5 items-center justify-center rounded-sm ring-2 ring-page',
        error.severity === 'error' ? 'bg-abnormal-tint text-abnormal' : 'bg-inconclusive-tint text-inconclusive',
      )}
    >
      <TriangleAlert aria-hidden className="size-3" />
    </span>
  )
}

/** The card's one line: the type's main input as the author wrote it. */
function mainLine({ node, nodeType, stepId }: CardNode['data']): string {
  const name = nodeType?.mainInput
  const value = name === undefined ? undefined : node.with[name]
  if (name === undefined || value === undefined || value === '') return stepId
  const text = typeof value === 'string' ? value.replace(/^\$\{\s*(.*?)\s*\}$/, '$1') : JSON.stringify(value)
  return `${name}: ${text}`
}
