'use client'
import { useEffect, useRef, useState } from 'react'
import type { NodeType } from '@tenon/runbook'
import { useCatalogue } from './catalogue-index.ts'
import type { Position } from './document-commands.ts'
import { NodeIcon } from './node-icon.tsx'
import { findNodeTypes } from './palette.tsx'

/** A connection ended on empty canvas: which step should follow? */
export function PickNode({ at, pick, close }: { at: Position; pick: (nodeType: NodeType) => void; close: () => void }) {
  const { catalogue } = useCatalogue()
  const [query, setQuery] = useState('')
  const input = useRef<HTMLInputElement>(null)
  const box = useRef<HTMLDivElement>(null)
  const found = findNodeTypes(catalogue.nodeTypes, query)
  const [first] = found
  useEffect(() => {
    input.current?.focus()
    const outside = (event: PointerEvent): void => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) close()
    }
    addEventListener('pointerdown', outside)
    return () => removeEventListener('pointerdown', outside)
  }, [close])
  return (
    <div
      ref={box}
      role="dialog"
      aria-label="Add a step here"
      style={{ left: at.x, top: at.y }}
      className="fixed z-30 w-60 rounded-xl border border-line bg-panel p-1.5 shadow-float"
    >
      <input
        ref={input}
        value={query}
        aria-label="Find a node"
        placeholder="Which step follows?"
        onChange={(event) => setQuery(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') close()
          if (event.key === 'Enter' && first) pick(first)
        }}
        className="mb-1 h-8 w-full rounded-lg border border-line bg-sunken px-2.5 placeholder:text-third"
      />
      <ul className="max-h-64 overflow-y-auto">
        {found.map((nodeType) => (
          <li key={nodeType.type}>
            <button
              type="button"
              className="flex h-8 w-full items-center gap-2 rounded-md px-1.5 text-left hover:bg-hover"
              onClick={() => pick(nodeType)}
            >
              <NodeIcon icon={nodeType.icon} group={nodeType.group} />
              <span className="truncate">{nodeType.title}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}
