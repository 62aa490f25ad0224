/** Sizes of a step's card. React Flow is given them, so that it need not render a card to know where its ports are. */
import { type DocumentNode, type NodeType, outcomesOf, type OutcomeType } from '@tenon/runbook'

export const cardWidth = 216
const headerHeight = 58
const rowHeight = 20
const rowsPadding = 8
const portSize = 12

export const errorOutcome: OutcomeType = {
  name: 'error',
  tone: 'abnormal',
  meaning: 'The step itself failed: a source was down, a time-out ran out, an input was wrong.',
}
/** `always` has no port of its own until an edge uses it. */
export const alwaysOutcome: OutcomeType = {
  name: 'always',
  tone: 'neutral',
  meaning: 'Any outcome, error excepted.',
}

/** The ports that a card shows: the type's outcomes, and `error` and `always` where an edge leaves from them. */
export function shownOutcomes(outcomes: readonly OutcomeType[], used: ReadonlySet<string>): OutcomeType[] {
  const shown = [...outcomes]
  if (used.has('always')) shown.push(alwaysOutcome)
  if (used.has('error')) shown.push(errorOutcome)
  return shown
}

export const cardHeight = (ports: number): number => headerHeight + rowsPadding * 2 + Math.max(1, ports) * rowHeight
/** About how high a node's card is drawn, with room for an edge of `error`. */
export function heightOfNode(node: DocumentNode, nodeType: NodeType | undefined): number {
  return cardHeight((nodeType ? outcomesOf(node, nodeType).length : 1) + 1)
}
/** Middle of an outcome's row, from the card's top. */
export const outcomeY = (index: number): number => headerHeight + rowsPadding + index * rowHeight + rowHeight / 2
export const inputY = headerHeight / 2

/** Ports as React Flow wants them: top left corner and size, inside the card. */
export function inputHandle() {
  return { x: -portSize / 2, y: inputY - portSize / 2, width: portSize, height: portSize }
}
export function outcomeHandle(index: number) {
  return { x: cardWidth - portSize / 2, y: outcomeY(index) - portSize / 2, width: portSize, height: portSize }
}
