/** Writes a changed document into the text that it came from, as a person with an editor would: only the lines that must change do. */
import { isMap, isScalar, isSeq, type Pair, parseDocument, Scalar, type YAMLMap } from 'yaml'
import { type Fields, fieldOf, isFields, sameValue } from '../diff/field-changes.ts'
import { renamedSteps } from '../diff/renamed-steps.ts'
import type { RunbookDocument } from '../document.ts'
import { canonicalYaml, formatRunbook } from '../format-runbook.ts'
import { parseRunbook } from '../parse-runbook.ts'
import { editEdges } from './edit-edges.ts'
import { createTextPatch, type TextPatch } from './text-patch.ts'

/**
 * The text with the document in it. Comments, order, quotes and blank lines stay where nothing changed; what is new comes in canonical form beside what
 * it follows; what is gone takes the comment right above it along. Text that is no runbook, or is JSON, is written anew.
 *
 * Reading the answer gives a document equal to `after`, always.
 *
 * @param before what `source` says, for callers who know; null when it is no runbook.
 */
export function editRunbookText(
  source: string,
  after: RunbookDocument,
  before: RunbookDocument | null = parseRunbook(source).document,
): string {
  if (before === null) return formatRunbook(after)
  if (sameValue(before, after) && sameValue(parseRunbook(source).document, after)) return source
  // A runbook that is just begun (`nodes: {}`) has nothing to keep, and its first steps would go between those braces.
  if (Object.keys(before.nodes).length === 0 && !source.includes('#')) return formatRunbook(after)
  const edited = patched(source, before, after)
  // YAML has more ways to write a thing than are handled here; a text that means something else is never given out.
  return edited !== null && sameValue(parseRunbook(edited).document, after) ? edited : formatRunbook(after)
}

function patched(source: string, before: RunbookDocument, after: RunbookDocument): string | null {
  const root = parseDocument(source, { version: '1.2' }).contents
  const canonical = canonicalYaml(after).contents
  if (!isMap(root) || root.flow || !isMap(canonical)) return null
  const patch = createTextPatch(source, root)
  const steps = renamedSteps(before, after)
  const names = (path: readonly string[], was: Fields, is: Fields): ReadonlyMap<string, string> => {
    if (path.length !== 1) return new Map()
    return path[0] === 'nodes' || path[0] === 'layout' ? steps : renamedEntries(was, is)
  }
  editMap({ map: root, canonical, before, after, path: [] }, { patch, names, steps })
  return patch.text()
}

interface MapEdit {
  map: YAMLMap
  canonical: YAMLMap
  before: Fields | RunbookDocument
  after: Fields | RunbookDocument
  path: string[]
}

interface EditContext {
  patch: TextPatch
  /** Keys of a map that are the same entry under another name. */
  names: (path: readonly string[], before: Fields, after: Fields) => ReadonlyMap<string, string>
  steps: ReadonlyMap<string, string>
}

function editMap({ map, canonical, path, ...values }: MapEdit, context: EditContext): void {
  const { patch } = context
  const [before, after] = [{ ...values.before }, { ...values.after }]
  const names = context.names(path, before, after)
  /** Pairs that stay, by their new key. */
  const stay = new Map<string, Pair>()
  for (const pair of map.items) {
    const was = keyOf(pair)
    const is = names.get(was) ?? was
    const wanted = pairOf(canonical, is)
    const same = sameValue(fieldOf(before, was), fieldOf(after, is))
    if (!wanted && !same) {
      patch.remove(pair)
      continue
    }
    stay.set(is, pair)
    if (is !== was) patch.rename(pair, is)
    if (same || !wanted) continue
    editValue({ pair, wanted, before: fieldOf(before, was), after: fieldOf(after, is), path: [...path, is] }, context)
  }
  let previous: Pair | null = null
  for (const wanted of pairsOf(canonical)) {
    const present = stay.get(keyOf(wanted))
    if (present) previous = present
    else patch.insert(wanted, { map, after: previous })
  }
}

interface ValueEdit {
  pair: Pair
  wanted: Pair
  before: unknown
  after: unknown
  path: string[]
}

function editValue({ pair, wanted, before, after, path }: ValueEdit, context: EditContext): void {
  const { patch, steps } = context
  const { value } = pair
  if (path.length === 1 && path[0] === 'edges' && isSeq(value) && !value.flow && isSeq(wanted.value)) {
    if (editEdges(value, wanted.value, { patch, steps })) return
  } else if (isMap(value) && !value.flow && isMap(wanted.value) && isFields(before) && isFields(after)) {
    const { value: canonical } = wanted
    const keeps = value.items.some((one) => {
      const is = context.names(path, before, after).get(keyOf(one)) ?? keyOf(one)
      return pairOf(canonical, is) !== undefined
    })
    if (keeps) return editMap({ map: value, canonical, before, after, path }, context)
  }
  patch.replace(pair, wanted)
}

/** Entries (parameters, triggers) that only have another name now. */
function renamedEntries(before: Fields, after: Fields): Map<string, string> {
  const came = Object.keys(after).filter((key) => !Object.hasOwn(before, key))
  const names = new Map<string, string>()
  for (const key of Object.keys(before)) {
    if (Object.hasOwn(after, key)) continue
    const to = came.find((other) => sameValue(before[key], after[other]))
    if (to === undefined) continue
    names.set(key, to)
    came.splice(came.indexOf(to), 1)
  }
  return names
}

/** What was read has only text as keys; see `readYaml`. */
const keyOf = ({ key }: Pair): string => (isScalar(key) ? String(key.value) : String(key))

const pairOf = (map: YAMLMap, key: string): Pair | undefined => map.items.find((pair) => keyOf(pair) === key)

/** Made from plain values, keys may be plain as well. */
function pairsOf(map: YAMLMap): Pair[] {
  for (const pair of map.items) if (!isScalar(pair.key)) pair.key = new Scalar(pair.key)
  return map.items
}
