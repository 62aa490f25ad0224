'use client'
import '@xyflow/react/dist/style.css'
import { memo, useEffect, useMemo } from 'react'
import {
  Background,
  BackgroundVariant,
  type Edge,
  Handle,
  MarkerType,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
} from '@xyflow/react'
import { useFit } from '../editor/use-fit.ts'
import { ZoomButtons } from '../editor/zoom-buttons.tsx'
import { classNames } from '../ui/class-names.ts'
import { KindIcon } from './kind-icon.tsx'
import { graphLayout } from './graph-layout.ts'
import { type GraphChoice, linkKey, type RelationGraph } from './relation-graph.ts'

type Entity = RelationGraph['entities'][number]
type EntityNode = Node<{ entity: Entity; root: boolean }, 'entity'>

const card = { width: 176, height: 48 }
const gap = { x: 96, y: 20 }
const nodeTypes = { entity: memo(EntityCard) }
/** Of a small graph the kinds of the links are written on them; of a larger one that hides the graph, and the panel says them. */
const nameLinksUpTo = 8

export interface RelationCanvasProps {
  graph: RelationGraph
  choice: GraphChoice
  onChoose: (choice: GraphChoice) => void
  /** The entity becomes the middle of the graph. */
  onOpen: (entity: string) => void
}

export function RelationCanvas({ graph, choice, onChoose, onOpen }: RelationCanvasProps) {
  const places = useMemo(() => graphLayout(graph.root, graph.links), [graph])
  const entities = useMemo(() => new Map(graph.entities.map((entity) => [entity.id, entity])), [graph])
  const nodes = places.flatMap(({ id, column, row }): EntityNode[] => {
    const entity = entities.get(id)
    if (!entity) return []
    return [
      {
        id,
        type: 'entity',
        position: { x: column * (card.width + gap.x), y: row * (card.height + gap.y) },
        ...card,
        selected: choice.kind === 'entity' && choice.id === id,
        ariaLabel: `${entity.title ?? id}, ${entity.kind}`,
        data: { entity, root: id === graph.root },
      },
    ]
  })
  const edges = graph.links.map((link): Edge => {
    const key = linkKey(link)
    const chosen = choice.kind === 'link' && choice.key === key
    const near = choice.kind === 'entity' && (choice.id === link.from || choice.id === link.to)
    const colour = chosen || near ? 'var(--accent)' : 'var(--line-strong)'
    return {
      id: key,
      source: link.from,
      target: link.to,
      selected: chosen,
      ariaLabel: `${link.from} ${link.kind} ${link.to}`,
      ...(chosen || graph.links.length <= nameLinksUpTo ? { label: link.kind } : {}),
      labelStyle: { fill: 'var(--second)', fontSize: 11 },
      labelBgStyle: { fill: 'var(--page)' },
      style: { stroke: colour, strokeWidth: chosen ? 2.4 : 1.4 },
      markerEnd: { type: MarkerType.ArrowClosed, color: colour, width: 14, height: 14 },
    }
  })
  // React Flow's own `fitView` waits until its nodes are set again, which a canvas that only draws never does.
  const fit = useFit()
  useEffect(() => {
    const frame = requestAnimationFrame(() => fit())
    return () => cancelAnimationFrame(frame)
  }, [fit, places])
  return (
    <ReactFlow<EntityNode>
      nodes={nodes}
      edges={edges}
      nodeTypes={nodeTypes}
      onNodeClick={(_event, node) => onChoose({ kind: 'entity', id: node.id })}
      onNodeDoubleClick={(_event, node) => onOpen(node.id)}
      onEdgeClick={(_event, edge) => onChoose({ kind: 'link', key: edge.id })}
      onNodesChange={(changes) => {
        // Space and Enter select a focused card.
        const picked = changes.find((change) => change.type === 'select' && change.selected)
        if (picked?.type === 'select') onChoose({ kind: 'entity', id: picked.id })
      }}
      nodesDraggable={false}
      nodesConnectable={false}
      onlyRenderVisibleElements={nodes.length > 80}
      zoomOnDoubleClick={false}
      minZoom={0.1}
      maxZoom={1.6}
      deleteKeyCode={null}
      aria-label="Relation graph"
      className="[&_.react-flow\_\_attribution]:bg-transparent! [&_.react-flow\_\_attribution_a]:text-third!"
    >
      <Background variant={BackgroundVariant.Dots} gap={20} size={1.2} color="var(--line-strong)" />
      <div
        role="toolbar"
        aria-label="Graph"
        className="absolute bottom-3 left-3 z-10 flex gap-0.5 rounded-lg border border-line bg-panel p-0.5 shadow-rest"
      >
        <ZoomButtons whole="Show the whole graph" />
      </div>
    </ReactFlow>
  )
}

const port = 'size-1! min-w-0! min-h-0! border-0! bg-transparent! pointer-events-none!'

function EntityCard({ data: { entity, root }, selected }: NodeProps<EntityNode>) {
  return (
    <div
      data-testid={`entity-${entity.id}`}
      className={classNames(
        'flex size-full items-center gap-2.5 rounded-xl border bg-panel px-3 text-left shadow-rest',
        selected ? 'border-accent ring-2 ring-accent/25' : root ? 'border-accent' : 'border-line-strong',
      )}
    >
      <KindIcon kind={entity.kind} />
      <div className="min-w-0">
        <div className={classNames('truncate', root && 'font-semibold')}>{entity.title ?? entity.id}</div>
        <div className="truncate text-xs text-third">{entity.kind}</div>
      </div>
      <Handle type="target" position={Position.Left} className={port} isConnectable={false} />
      <Handle type="source" position={Position.Right} className={port} isConnectable={false} />
    </div>
  )
}
