/** Look-ups in the catalogue that the editor needs many times a frame. */
import { createContext, useContext } from 'react'
import type { Catalogue, NodeType } from '@tenon/runbook'
import type { Outputs } from '../ui/api.tsx'

export type Picks = Outputs['catalogue']['get']['picks']

export interface CatalogueIndex {
  catalogue: Catalogue
  picks: Picks
  /** Of a document's `type` field, with or without its version: `judge.chain-loss@2`. */
  find(type: string): NodeType | undefined
}

export function indexCatalogue({ nodeTypes, runbooks = [] }: Catalogue, picks: Picks): CatalogueIndex {
  const byKey = new Map<string, NodeType>()
  for (const nodeType of nodeTypes) {
    byKey.set(`${nodeType.type}@${nodeType.version}`, nodeType)
    if (nodeType.version === 1) byKey.set(nodeType.type, nodeType)
  }
  return { catalogue: { nodeTypes, runbooks }, picks, find: (type) => byKey.get(type) }
}

const Context = createContext<CatalogueIndex | null>(null)
export const CatalogueProvider = Context.Provider

export function useCatalogue(): CatalogueIndex {
  const index = useContext(Context)
  if (!index) throw new Error('useCatalogue needs a CatalogueProvider above it')
  return index
}
