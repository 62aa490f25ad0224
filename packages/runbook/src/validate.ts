/** Everything that can be said about a document before it runs. The same in the browser, the server and the tests. */
import type { Catalogue } from './catalogue.ts'
import { checkGraph } from './check-graph.ts'
import { checkNode, deepestLoop } from './check-node.ts'
import { checkSettings } from './check-settings.ts'
import { type Problem, type RunbookDocument, tooManyNodes } from './document.ts'
import { expressProblems } from './express.ts'
import { nodeContext } from './node-context.ts'
import { checkTests } from './testing/check-tests.ts'
import { checkTriggers } from './triggers/check-triggers.ts'

/**
 * All problems of a document, errors and warnings, in document order. A document without errors compiles, and what it runs can then only fail
 * for reasons outside of it.
 *
 * @example validateRunbook(document, catalogue).filter((problem) => problem.severity === 'error')
 */
export function validateRunbook(document: RunbookDocument, catalogue: Catalogue): Problem[] {
  const tooMany = tooManyNodes(document.nodes)
  if (tooMany) return [tooMany]
  const abyss = Object.keys(document.nodes).find((id) => isAbyssal(document, id))
  if (abyss !== undefined) {
    const message = `Loops are nested deeper than ${deepestLoop}.`
    const fix = 'Move the inner loop to a runbook of its own.'
    return [{ code: 'loop-too-deep', severity: 'error', message, fix, path: ['nodes', abyss, 'in'] }]
  }
  const context = nodeContext(document, catalogue)
  return [
    ...checkSettings(document),
    ...checkTriggers(document),
    ...Object.keys(document.nodes).flatMap((id) => checkNode(id, context)),
    ...checkGraph(context),
    ...expressProblems(document, catalogue),
    ...checkTests(document, catalogue),
  ]
}

/** Each step sees the steps of all loops around it: with hundreds of those, the other checks would take minutes. */
function isAbyssal({ nodes }: RunbookDocument, id: string): boolean {
  const around = new Set<string>()
  for (let loop = nodes[id]?.in; loop !== undefined && Object.hasOwn(nodes, loop); loop = nodes[loop]?.in) {
    // Loops that contain each other are a problem of their own.
    if (around.has(loop)) return false
    around.add(loop)
    if (around.size > deepestLoop + 10) return true
  }
  return false
}
