'use client'
import { memo } from 'react'
import type { NodeProps } from '@xyflow/react'
import { Repeat } from 'lucide-react'
import type { FrameNode } from './flow-graph.ts'

/** Behind the cards of a loop: what runs more than once. */
export const LoopFrameNode = memo(function LoopFrameNode({ data }: NodeProps<FrameNode>) {
  return (
    <div
      data-testid={`loop-${data.loop}`}
      className="pointer-events-none relative size-full rounded-2xl border border-dashed border-line-strong bg-sunken/60"
    >
      <span className="absolute right-3 bottom-2 flex items-center gap-1.5 text-xs text-third">
        <Repeat aria-hidden className="size-3" />
        {data.empty ? 'Drop the steps of the loop here' : data.words}
      </span>
    </div>
  )
})
