/**
 * The document as React Flow draws it. Nodes and edges whose parts did not change keep their identity, so that a change to one card
 * renders one card.
 */
import { type Edge, MarkerType, type Node, type NodeHandle, Position } from '@xyflow/react'
import {
  type DocumentNode,
  type NodeType,
  outcomesOf,
  type OutcomeType,
  type Problem,
  type RunbookDocument,
  type Tone,
} from '@tenon/runbook'
import { cardHeight, cardWidth, heightOfNode, inputHandle, outcomeHandle, shownOutcomes } from './card-geometry.ts'
import type { EdgeKey, Position as Point } from './document-commands.ts'
import type { Selection } from './editor-store.ts'
import { loopFrames, type Rectangle } from './loop-frame.ts'
import { tidyLoops } from './tidy-loops.ts'

export interface CardData extends Record<string, unknown> {
  stepId: string
  node: DocumentNode
  /** Unknown types are drawn too, with a problem, so that nothing is lost. */
  nodeType: NodeType | undefined
  outcomes: OutcomeType[]
  problems: Problem[]
}
export type CardNode = Node<CardData, 'step'>
/** The frame behind a loop's steps. */
export type FrameNode = Node<{ loop: string; empty: boolean; words: string }, 'loop'>
export type CanvasNode = CardNode | FrameNode
export type FlowEdge = Edge<{ tone: Tone }, 'step'>

export const edgeId = (edge: EdgeKey): string => `${edge.from} ${edge.on} ${edge.to}`
export const inputPort = 'in'

export interface GraphInput {
  document: RunbookDocument
  find: (type: string) => NodeType | undefined
  problems: readonly Problem[]
  selection: Selection
  /** Where cards are while they are being dragged. */
  dragged: Readonly<Record<string, Point>>
}

export interface Graph {
  nodes: CanvasNode[]
  edges: FlowEdge[]
  /** By loop, outermost first. */
  frames: ReadonlyMap<string, Rectangle>
}

/** A function that remembers its last graph. One for each open editor. */
export function createGraphBuilder(): (input: GraphInput) => Graph {
  let lastNodes = new Map<string, { key: unknown[]; node: CardNode }>()
  let lastEdges = new Map<string, { key: unknown[]; edge: FlowEdge }>()

  return ({ document, find, problems, selection, dragged }) => {
    // Documents that came from the API or from Git may have no positions: they are laid out, and keep what people move.
    const unplaced = once(() => tidyLoops(document, (node) => heightOfNode(node, find(node.type))))
    const usedPorts = new Map<string, Set<string>>()
    for (const edge of document.edges) {
      const used = usedPorts.get(edge.from) ?? new Set()
      usedPorts.set(edge.from, used.add(edge.on))
    }
    const problemsOf = Map.groupBy(
      problems.filter((problem) => problem.path[0] === 'nodes'),
      (problem) => String(problem.path[1]),
    )
    const selectedNodes = new Set(selection.nodes)
    const selectedEdges = new Set(selection.edges.map(edgeId))

    const nodes = new Map<string, { key: unknown[]; node: CardNode }>()
    for (const [id, node] of Object.entries(document.nodes)) {
      const nodeType = find(node.type)
      const used = usedPorts.get(id) ?? new Set<string>()
      const position = dragged[id] ?? document.layout[id] ?? unplaced()[id] ?? { x: 0, y: 0 }
      const own = problemsOf.get(id) ?? []
      const ports = [...used].toSorted().join()
      const key = [node, nodeType, position.x, position.y, selectedNodes.has(id), ports, ...own]
      const last = lastNodes.get(id)
      nodes.set(
        id,
        last && sameItems(last.key, key)
          ? last
          : {
              key,
              node: cardNode({ id, node, nodeType, position, selected: selectedNodes.has(id), used, problems: own }),
            },
      )
    }

    const edges = new Map<string, { key: unknown[]; edge: FlowEdge }>()
    for (const edge of document.edges) {
      const id = edgeId(edge)
      const tone = outcomeTone(nodes.get(edge.from)?.node.data.outcomes, edge.on)
      const key = [tone, selectedEdges.has(id)]
      const last = lastEdges.get(id)
      edges.set(
        id,
        last && sameItems(last.key, key) ? last : { key, edge: flowEdge(edge, tone, selectedEdges.has(id)) },
      )
    }

    const cards = [...nodes.values()].map((each) => each.node)
    const frames = framesOf(document, new Map(cards.map((card) => [card.id, card])))
    lastNodes = nodes
    lastEdges = edges
    return {
      // Frames first: they lie behind the cards.
      nodes: [...[...frames].map(([loop, frame]) => frameNode(document, loop, frame)), ...cards],
      edges: [...edges.values()].map((each) => each.edge),
      frames,
    }
  }
}

function once<T>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}

const isLoop = (card: CardNode): boolean =>
  card.data.nodeType?.effect === 'each' || card.data.nodeType?.effect === 'repeat'

function framesOf(document: RunbookDocument, cards: ReadonlyMap<string, CardNode>): ReadonlyMap<string, Rectangle> {
  const loops = [...cards.values()].filter(isLoop).map(({ id }) => id)
  if (loops.length === 0) return new Map()
  return loopFrames(loops, {
    document,
    placeOf: (id) => cards.get(id)?.position ?? { x: 0, y: 0 },
    heightOf: (id) => cards.get(id)?.height ?? 0,
  })
}

function frameNode(document: RunbookDocument, loop: string, { x, y, width, height }: Rectangle): FrameNode {
  const node = document.nodes[loop]
  const empty = !Object.values(document.nodes).some((each) => each.in === loop)
  return {
    id: `loop ${loop}`,
    type: 'loop',
    position: { x, y },
    width,
    height,
    // Nothing of it can be chosen: clicks go to the canvas.
    selectable: false,
    draggable: false,
    focusable: false,
    zIndex: -1,
    data: { loop, empty, words: node?.title ?? loop },
  }
}

function cardNode(given: {
  id: string
  node: DocumentNode
  nodeType: NodeType | undefined
  position: Point
  selected: boolean
  used: ReadonlySet<string>
  problems: Problem[]
}): CardNode {
  const known = given.nodeType ? outcomesOf(given.node, given.nodeType) : []
  // An outcome that the type does not have (any more) is shown, so that its edge has an end to be seen and mended.
  const strays = [...given.used].filter(
    (name) => name !== 'error' && name !== 'always' && !known.some((each) => each.name === name),
  )
  const outcomes = shownOutcomes(
    [
      ...known,
      ...strays.map((name) => ({
        name,
        tone: 'inconclusive' as const,
        meaning: 'This node type has no such outcome.',
      })),
    ],
    given.used,
  )
  const height = cardHeight(outcomes.length)
  const handles: NodeHandle[] = [
    { id: inputPort, type: 'target', position: Position.Left, ...inputHandle() },
    ...outcomes.map((outcome, index) => ({
      id: outcome.name,
      type: 'source' as const,
      position: Position.Right,
      ...outcomeHandle(index),
    })),
  ]
  return {
    id: given.id,
    type: 'step',
    position: given.position,
    selected: given.selected,
    width: cardWidth,
    height,
    handles,
    ariaLabel: given.node.title ?? given.nodeType?.title ?? given.node.type,
    domAttributes: stepAttribute(given.id),
    data: { stepId: given.id, node: given.node, nodeType: given.nodeType, outcomes, problems: given.problems },
  }
}

/** Two steps may have one title; tests and scripts find a card by its id. React Flow's type leaves data attributes out. */
function stepAttribute(id: string): NonNullable<CardNode['domAttributes']> {
  const attributes: Record<`data-${string}`, string> = { 'data-step': id }
  return attributes
}

function flowEdge(edge: EdgeKey, tone: Tone, selected: boolean): FlowEdge {
  const color = `var(--${tone === 'neutral' ? 'line-strong' : tone})`
  return {
    id: edgeId(edge),
    type: 'step',
    source: edge.from,
    sourceHandle: edge.on,
    target: edge.to,
    targetHandle: inputPort,
    selected,
    ariaLabel: `${edge.from}, ${edge.on}, to ${edge.to}`,
    style: { stroke: color, strokeWidth: selected ? 2.5 : 1.6 },
    markerEnd: { type: MarkerType.ArrowClosed, color, width: 14, height: 14 },
    data: { tone },
  }
}

function outcomeTone(outcomes: readonly OutcomeType[] | undefined, name: string): Tone {
  return outcomes?.find((outcome) => outcome.name === name)?.tone ?? 'neutral'
}

const sameItems = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((item, index) => Object.is(item, b[index]))
