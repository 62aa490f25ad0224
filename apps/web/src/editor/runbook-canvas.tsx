'use client'
import '@xyflow/react/dist/style.css'
import { type DragEvent, type ReactNode, useCallback, useMemo, useRef, useState } from 'react'
import {
  Background,
  BackgroundVariant,
  type Connection,
  ConnectionLineType,
  type EdgeChange,
  type FinalConnectionState,
  MiniMap,
  type NodeChange,
  ReactFlow,
  useReactFlow,
} from '@xyflow/react'
import { toast } from 'sonner'
import { canConnect, type Problem } from '@tenon/runbook'
import { useCatalogue } from './catalogue-index.ts'
import { connect, type EdgeKey, moveNodes, type Position, putIntoLoop } from './document-commands.ts'
import type { EditorStore } from './editor-store.ts'
import { firstView } from './first-view.ts'
import { type CanvasNode, createGraphBuilder, edgeId, type FlowEdge } from './flow-graph.ts'
import { cardWidth } from './card-geometry.ts'
import { loopAt } from './loop-frame.ts'
import { LoopFrameNode } from './loop-frame-node.tsx'
import { NodeCard } from './node-card.tsx'
import { StepEdge } from './step-edge.tsx'
import { paletteMime } from './palette.tsx'
import { useEditor } from './use-editor.ts'

const nodeTypes = { step: NodeCard, loop: LoopFrameNode }
const edgeTypes = { step: StepEdge }
const snap: [number, number] = [4, 4]
/** Above so many cards only those in view are rendered; below it, all, so that the browser's own search finds them. */
const renderAllUpTo = 300
/** A graph of more cards than this rarely fits the window: a map of it helps to find the way. */
const mapAbove = 12

export interface CanvasProps {
  store: EditorStore
  problems: readonly Problem[]
  readOnly: boolean
  /** A palette item was dropped: its type key and where, in canvas coordinates. */
  onDropType: (typeKey: string, at: Position, loop: string | undefined) => void
  /** A connection ended on empty canvas. */
  onDropConnection: (from: { stepId: string; on: string }, at: Position, screen: Position) => void
  children?: ReactNode
}

export function RunbookCanvas({ store, problems, readOnly, onDropType, onDropConnection, children }: CanvasProps) {
  const { document, selection } = useEditor(store)
  const { catalogue, find } = useCatalogue()
  const flow = useReactFlow()
  const [build] = useState(createGraphBuilder)
  const [dragged, setDragged] = useState<Record<string, Position>>({})
  const graph = useMemo(
    () => build({ document, find, problems, selection, dragged }),
    [build, document, find, problems, selection, dragged],
  )
  const frame = useRef<HTMLDivElement>(null)
  /** Why the connection under the pointer does not fit; told when it is let go. */
  const refusal = useRef<string | null>(null)

  const fits = useCallback(
    (candidate: Connection | FlowEdge): boolean => {
      const edge = toEdge(candidate)
      if (!edge) return false
      const answer = canConnect(store.getState().document, catalogue, edge)
      refusal.current = answer.ok ? null : answer.reason
      return answer.ok
    },
    [store, catalogue],
  )

  const onNodesChange = (changes: NodeChange<CanvasNode>[]): void => {
    const moving: Record<string, Position> = {}
    const settled: Record<string, Position> = {}
    for (const change of changes) {
      if (change.type !== 'position' || !change.position) continue
      if (change.dragging) moving[change.id] = change.position
      else settled[change.id] = change.position
    }
    if (Object.keys(moving).length > 0) setDragged((before) => ({ ...before, ...moving }))
    if (Object.keys(settled).length > 0) {
      // Arrow keys settle at once; holding one down is one step of history.
      store.apply((before) => moveNodes(before, settled), {
        label: 'Move',
        coalesce: `move ${Object.keys(settled).join()}`,
      })
      setDragged({})
    }
    const before = store.getState().selection
    const picked = picks(changes, before.nodes)
    if (picked) store.select({ ...before, nodes: picked })
  }

  /** A step of no loop that is let go over a loop's frame becomes a step of it. */
  const onNodeDragStop = (_event: unknown, _node: CanvasNode, moved: CanvasNode[]): void => {
    const entering = moved.flatMap(({ id, position }) => {
      const loop = loopAt(graph.frames, { x: position.x + cardWidth / 2, y: position.y + 20 })
      const free = store.getState().document.nodes[id]?.in === undefined
      return free && loop !== undefined && loop !== id ? [{ id, loop }] : []
    })
    for (const [loop, ids] of Map.groupBy(entering, (one) => one.loop)) {
      store.apply(
        (before) =>
          putIntoLoop(
            before,
            ids.map(({ id }) => id),
            loop,
          ),
        { label: 'Put into the loop' },
      )
    }
  }

  const onEdgesChange = (changes: EdgeChange<FlowEdge>[]): void => {
    const before = store.getState().selection
    const picked = picks(changes, before.edges.map(edgeId))
    if (picked) store.select({ ...before, edges: document.edges.filter((edge) => picked.includes(edgeId(edge))) })
  }

  const onConnect = (connection: Connection): void => {
    const edge = toEdge(connection)
    if (edge) store.apply((before) => connect(before, edge), { label: 'Connect' })
  }

  const onConnectEnd = (event: MouseEvent | TouchEvent, state: FinalConnectionState): void => {
    if (state.isValid) return
    if (state.toHandle && refusal.current) toast.error('Does not fit', { description: refusal.current })
    else if (!state.toNode && state.fromHandle?.type === 'source') {
      const screen = pointer(event)
      onDropConnection(
        { stepId: state.fromHandle.nodeId, on: state.fromHandle.id ?? '' },
        flow.screenToFlowPosition(screen),
        screen,
      )
    }
    refusal.current = null
  }

  const onDrop = (event: DragEvent): void => {
    const typeKey = event.dataTransfer.getData(paletteMime)
    if (!typeKey) return
    event.preventDefault()
    const at = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY })
    onDropType(typeKey, at, loopAt(graph.frames, at))
  }

  return (
    <ReactFlow<CanvasNode, FlowEdge>
      nodes={graph.nodes}
      edges={graph.edges}
      nodeTypes={nodeTypes}
      edgeTypes={edgeTypes}
      onNodesChange={onNodesChange}
      onEdgesChange={onEdgesChange}
      onNodeDragStart={store.mark}
      onNodeDragStop={onNodeDragStop}
      onConnect={onConnect}
      onConnectEnd={onConnectEnd}
      isValidConnection={fits}
      onDrop={onDrop}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes(paletteMime)) return
        event.preventDefault()
        event.dataTransfer.dropEffect = 'copy'
      }}
      connectionLineType={ConnectionLineType.Bezier}
      connectionLineStyle={{ stroke: 'var(--accent)', strokeWidth: 1.8 }}
      connectionRadius={26}
      onlyRenderVisibleElements={graph.nodes.length > renderAllUpTo}
      snapToGrid
      snapGrid={snap}
      minZoom={0.1}
      maxZoom={1.6}
      nodesDraggable={!readOnly}
      nodesConnectable={!readOnly}
      onInit={(instance) => {
        const pane = frame.current?.getBoundingClientRect()
        if (pane) void instance.setViewport(firstView(store.getState().document.layout, pane))
      }}
      ref={frame}
      deleteKeyCode={null}
      multiSelectionKeyCode={['Shift', 'Meta', 'Control']}
      aria-label="Runbook graph"
      className="[&_.react-flow\_\_attribution]:bg-transparent! [&_.react-flow\_\_attribution_a]:text-third!"
    >
      <Background variant={BackgroundVariant.Dots} gap={20} size={1.2} color="var(--line-strong)" />
      {graph.nodes.length > mapAbove && (
        <MiniMap
          pannable
          ariaLabel="Map of the runbook"
          bgColor="var(--panel)"
          maskColor="color-mix(in srgb, var(--line) 60%, transparent)"
          nodeColor="var(--line-strong)"
          className="max-md:hidden"
        />
      )}
      {children}
    </ReactFlow>
  )
}

/** The selection after React Flow's changes; null when they select nothing and deselect nothing. */
function picks(
  changes: readonly (NodeChange<CanvasNode> | EdgeChange<FlowEdge>)[],
  before: readonly string[],
): string[] | null {
  const ids = new Set(before)
  let changed = false
  for (const change of changes) {
    if (change.type !== 'select') continue
    changed = true
    if (change.selected) ids.add(change.id)
    else ids.delete(change.id)
  }
  return changed ? [...ids] : null
}

function toEdge(connection: Connection | FlowEdge): EdgeKey | null {
  const { source, sourceHandle, target } = connection
  return source && sourceHandle && target ? { from: source, on: sourceHandle, to: target } : null
}

function pointer(event: MouseEvent | TouchEvent): Position {
  const at = 'changedTouches' in event ? event.changedTouches[0] : event
  return { x: at?.clientX ?? 0, y: at?.clientY ?? 0 }
}
