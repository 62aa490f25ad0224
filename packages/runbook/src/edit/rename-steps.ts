/** Renames of steps and parameters, with everything in the document that speaks of them. */
import type { RunbookDocument, RunbookTest } from '../document.ts'
import { mapTexts, renameReferences } from './references.ts'

/**
 * Renames steps at once: their edges, positions, loops, tests, and `steps.<id>` and `loops.<id>` in expressions follow. Keys keep their order, so that a
 * rename is a small difference. Names that are not there change nothing; a new name must be free.
 */
export function renameSteps(document: RunbookDocument, names: ReadonlyMap<string, string>): RunbookDocument {
  if (names.size === 0) return document
  const is = (id: string): string => names.get(id) ?? id
  const keys = <T>(fields: Record<string, T>): Record<string, T> => mapKeys(fields, is)
  const follow = (text: string): string => renameReferences(text, ['steps', 'loops'], names)
  return {
    ...document,
    nodes: Object.fromEntries(
      Object.entries(document.nodes).map(([id, node]) => [
        is(id),
        {
          ...node,
          ...(node.in === undefined ? {} : { in: is(node.in) }),
          with: mapTexts(node.with, follow),
        },
      ]),
    ),
    edges: document.edges.map(({ from, on, to }) => ({ from: is(from), on, to: is(to) })),
    tests: Object.fromEntries(Object.entries(document.tests).map(([name, test]) => [name, renameInTest(test, is)])),
    layout: keys(document.layout),
  }
}

function renameInTest(test: RunbookTest, is: (id: string) => string): RunbookTest {
  const { path, outcomes, actions } = test.expect
  return {
    ...test,
    steps: mapKeys(test.steps, is),
    expect: {
      ...test.expect,
      ...(path === undefined ? {} : { path: path.map(is) }),
      ...(outcomes === undefined ? {} : { outcomes: mapKeys(outcomes, is) }),
      ...(actions === undefined ? {} : { actions: actions.map((action) => ({ ...action, step: is(action.step) })) }),
    },
  }
}

/** Renames a parameter and `params.<name>` in every expression. Refuses (same document) a name that is taken. */
export function renameParameter(document: RunbookDocument, from: string, to: string): RunbookDocument {
  if (!Object.hasOwn(document.params, from) || from === to || Object.hasOwn(document.params, to)) return document
  const is = (name: string): string => (name === from ? to : name)
  const follow = (text: string): string => renameReferences(text, ['params'], new Map([[from, to]]))
  const ofParams = <T extends { params: Record<string, unknown> }>(holder: T): T => ({
    ...holder,
    params: mapKeys(holder.params, is),
  })
  return {
    ...document,
    params: mapKeys(document.params, is),
    triggers: Object.fromEntries(Object.entries(document.triggers).map(([name, trigger]) => [name, ofParams(trigger)])),
    ...(document.concurrency ? { concurrency: mapTexts(document.concurrency, follow) } : {}),
    nodes: Object.fromEntries(
      Object.entries(document.nodes).map(([id, node]) => [id, { ...node, with: mapTexts(node.with, follow) }]),
    ),
    tests: Object.fromEntries(Object.entries(document.tests).map(([name, test]) => [name, ofParams(test)])),
  }
}

function mapKeys<T>(fields: Record<string, T>, is: (key: string) => string): Record<string, T> {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [is(key), value]))
}
