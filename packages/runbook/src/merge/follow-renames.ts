/** Renames first: a step that one side renamed and the other changed is still one step. */
import { renamedSteps } from '../diff/renamed-steps.ts'
import type { RunbookDocument } from '../document.ts'
import { renameSteps } from '../edit/rename-steps.ts'
import type { ConflictLog } from './conflict.ts'

export interface Sides {
  /** What both sides began with. */
  base: RunbookDocument
  ours: RunbookDocument
  theirs: RunbookDocument
}

/** The three documents with the new ids, and which of them each side made. */
export function followRenames(
  { base, ours, theirs }: Sides,
  log: ConflictLog,
): Sides & { renamed: { ours: Set<string>; theirs: Set<string> } } {
  const names = { ours: renamedSteps(base, ours), theirs: renamedSteps(base, theirs) }
  const renames = {
    base: new Map<string, string>(),
    ours: new Map<string, string>(),
    theirs: new Map<string, string>(),
  }
  const renamed = { ours: new Set<string>(), theirs: new Set<string>() }
  const targets = new Set<string>()
  for (const from of new Set([...names.ours.keys(), ...names.theirs.keys()])) {
    const [our, their] = [names.ours.get(from), names.theirs.get(from)]
    const wanted = our ?? their ?? from
    const free = (document: RunbookDocument, own: string | undefined, to: string): boolean =>
      own === to || !Object.hasOwn(document.nodes, to)
    const both = our !== undefined && their !== undefined && our !== their
    // An id that the other side gave to something else: then only the ids are left to go by.
    if (targets.has(wanted) || !free(ours, our, wanted) || !free(theirs, their, wanted)) continue
    if (both && (!free(ours, our, their) || targets.has(their))) continue
    const to = both ? log.settle(['nodes', from], 'renamed', { base: from, ours: our, theirs: their }) : wanted
    if (both) log.chosenName(to, from)
    targets.add(to)
    renames.base.set(from, to)
    if (our !== to) renames.ours.set(our ?? from, to)
    if (their !== to) renames.theirs.set(their ?? from, to)
    if (our !== undefined) renamed.ours.add(to)
    if (their !== undefined) renamed.theirs.add(to)
  }
  return {
    base: renameSteps(base, renames.base),
    ours: renameSteps(ours, renames.ours),
    theirs: renameSteps(theirs, renames.theirs),
    renamed,
  }
}
