/** A connection between two cards. Over a run it shows the way that the run took; the ways that it did not take step back. */
import { BaseEdge, type EdgeProps, getBezierPath } from '@xyflow/react'
import type { FlowEdge } from './flow-graph.ts'
import { type StepRow, useStepState } from './run-overlay.ts'

export function StepEdge(props: EdgeProps<FlowEdge>) {
  const { id, source, sourceHandleId, selected = false } = props
  const way = wayTaken(useStepState(source), sourceHandleId ?? '')
  const [path] = getBezierPath(props)
  return (
    <BaseEdge
      id={id}
      path={path}
      {...(props.markerEnd === undefined ? {} : { markerEnd: props.markerEnd })}
      style={{ ...props.style, ...(selected ? {} : wayStyles[way]) }}
    />
  )
}

type Way = 'unknown' | 'taken' | 'not-taken'

const wayStyles: Record<Way, { strokeWidth?: number; strokeDasharray?: string; opacity?: number }> = {
  unknown: {},
  taken: { strokeWidth: 2.8 },
  'not-taken': { strokeDasharray: '4 5', opacity: 0.45 },
}

/** As the interpreter decides it: a done step opens its outcome and `always`, a failed one `error`, any other none. */
export function wayTaken(step: Pick<StepRow, 'status' | 'outcome'> | undefined, outcome: string): Way {
  switch (step?.status) {
    case undefined:
    case 'pending':
    case 'running':
    case 'backing-off':
    case 'waiting':
      return 'unknown'
    case 'done':
      return outcome === step.outcome || outcome === 'always' ? 'taken' : 'not-taken'
    case 'failed':
      return outcome === 'error' ? 'taken' : 'not-taken'
    case 'skipped':
    case 'cancelled':
      return 'not-taken'
  }
}
