'use client'
import { type DragEvent, useMemo, useRef, useState } from 'react'
import { Search } from 'lucide-react'
import type { NodeGroup, NodeType } from '@tenon/runbook'
import { Key } from '../ui/key.tsx'
import { useShortcut } from '../ui/shortcuts.ts'
import { useCatalogue } from './catalogue-index.ts'
import { NodeIcon } from './node-icon.tsx'

/** What a drag from the palette carries. */
export const paletteMime = 'application/x-tenon-node'

const groups: { group: NodeGroup; title: string }[] = [
  { group: 'ask', title: 'Ask' },
  { group: 'judge', title: 'Judge' },
  { group: 'steer', title: 'Steer' },
  { group: 'act', title: 'Act' },
]

/** The newest version of each node type whose words contain the query; those whose title does first. */
export function findNodeTypes(nodeTypes: readonly NodeType[], query: string): NodeType[] {
  const newest = new Map<string, NodeType>()
  for (const nodeType of nodeTypes) {
    const known = newest.get(nodeType.type)
    if (!known || known.version < nodeType.version) newest.set(nodeType.type, nodeType)
  }
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  const titled = ({ title }: NodeType): boolean => words.every((word) => title.toLowerCase().includes(word))
  return [...newest.values()]
    .filter((nodeType) => {
      const text = `${nodeType.title} ${nodeType.type} ${nodeType.description}`.toLowerCase()
      return words.every((word) => text.includes(word))
    })
    .toSorted((a, b) => Number(titled(b)) - Number(titled(a)))
}

/** Node types in four groups. Drag one onto the canvas, or press Enter to add it beside the selected step. */
export function Palette({ onAdd }: { onAdd: (nodeType: NodeType) => void }) {
  const { catalogue } = useCatalogue()
  const [query, setQuery] = useState('')
  const search = useRef<HTMLInputElement>(null)
  useShortcut({ keys: '/', label: 'Find a node', group: 'Editor', run: () => search.current?.focus() })
  const found = useMemo(() => findNodeTypes(catalogue.nodeTypes, query), [catalogue, query])
  const [first] = found

  return (
    <nav aria-label="Nodes" className="flex w-[204px] shrink-0 flex-col border-r border-line bg-panel">
      <div className="relative px-2.5 pt-2.5">
        <Search aria-hidden className="absolute top-[18px] left-5 size-3.5 text-third" />
        <input
          ref={search}
          value={query}
          placeholder="Find a node"
          aria-label="Find a node"
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && first) onAdd(first)
            if (event.key === 'Escape') setQuery('')
          }}
          className="h-8 w-full rounded-lg border border-line bg-sunken pr-8 pl-8 placeholder:text-third"
        />
        <span className="absolute top-[17px] right-4">
          <Key>/</Key>
        </span>
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto px-2.5 pt-2 pb-4">
        {groups.map(({ group, title }) => {
          const members = found.filter((nodeType) => nodeType.group === group)
          if (members.length === 0) return null
          return (
            <section key={group} aria-label={title} className="mt-2">
              <h2 className="px-1 pb-1 text-sm font-semibold text-second">{title}</h2>
              {members.map((nodeType) => (
                <PaletteItem key={nodeType.type} nodeType={nodeType} onAdd={onAdd} />
              ))}
            </section>
          )
        })}
        {!first && <p className="px-1 py-6 text-center text-second">No node is called “{query}”.</p>}
      </div>
    </nav>
  )
}

function PaletteItem({ nodeType, onAdd }: { nodeType: NodeType; onAdd: (nodeType: NodeType) => void }) {
  const drag = (event: DragEvent): void => {
    event.dataTransfer.setData(paletteMime, `${nodeType.type}@${nodeType.version}`)
    event.dataTransfer.effectAllowed = 'copy'
  }
  return (
    <button
      type="button"
      draggable
      onDragStart={drag}
      onClick={() => onAdd(nodeType)}
      title={nodeType.description}
      data-testid={`palette-item-${nodeType.type}`}
      className="flex h-8 w-full cursor-grab! items-center gap-2.5 rounded-md px-1 text-left hover:bg-hover active:cursor-grabbing!"
    >
      <NodeIcon icon={nodeType.icon} group={nodeType.group} />
      <span className="truncate">{nodeType.title}</span>
    </button>
  )
}
