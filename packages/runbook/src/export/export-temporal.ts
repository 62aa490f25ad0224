/** A runbook as a stand-alone Temporal project in TypeScript. */
import type { Catalogue } from '../catalogue.ts'
import { compileDocument } from '../compile.ts'
import type { Problem, RunbookDocument } from '../document.ts'
import type { Plan, PlanStep } from '../plan.ts'
import { camelCase, isName } from './code.ts'
import projectFiles from './project-files.json' with { type: 'json' }
import { writeActivities } from './write-activities.ts'
import { writeProject } from './write-project.ts'
import { Refused } from './write-value.ts'
import { writeWorkflow } from './write-workflow.ts'

export interface ExportOptions {
  /** Of the plan's runbook; a document brings its own. */
  description?: string
  /** Plans of the runbooks that steps run, by hash: those are written too. */
  children?: Readonly<Record<string, Plan>>
}

export type Exported = { ok: true; files: Record<string, string> } | { ok: false; problems: Problem[] }

/**
 * The project's files by their path. What has no exact form in TypeScript is refused, with the place and a way out; the code is never an approximation.
 *
 * @example exportTemporal(plan, catalogue) // { ok: true, files: { 'src/workflow.ts': '...', ... } }
 */
export function exportTemporal(
  source: Plan | RunbookDocument,
  catalogue: Catalogue,
  options: ExportOptions = {},
): Exported {
  if (!('tenon' in source)) return exportPlan(source, catalogue, options)
  const compiled = compileDocument(source, catalogue)
  return compiled.ok ? exportPlan(compiled.plan, catalogue, { description: source.description, ...options }) : compiled
}

function exportPlan(plan: Plan, catalogue: Catalogue, { description = '', children = {} }: ExportOptions): Exported {
  const all = withChildren(plan, children)
  const names = new Map(
    all.map((one) => [one.hash, functionName(one.runbook.name, one === plan ? null : versionOf(one, all))]),
  )
  const childName = ({ runbook, version, planHash }: NonNullable<PlanStep['child']>): string =>
    names.get(planHash) ?? functionName(runbook, version)
  const problems: Problem[] = []
  const workflows = all.map((one) => {
    const name = names.get(one.hash)!
    try {
      const text = writeWorkflow({
        plan: one,
        catalogue,
        description: one === plan ? description : '',
        childName,
        functionName: name,
      })
      return { name, text, file: one === plan ? 'workflow' : `${one.runbook.name}-v${versionOf(one, all)}` }
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      problems.push(error.problem)
      return null
    }
  })
  if (problems.length > 0) return { ok: false, problems }
  const written = workflows.filter((one) => one !== null)
  const missing = all.flatMap(({ steps }) =>
    steps.flatMap(({ child }) => (child && !names.has(child.planHash) ? [child] : [])),
  )
  const files = {
    ...writeProject({
      plan,
      plans: all,
      functionName: names.get(plan.hash)!,
      missing: [
        ...new Map(missing.map((child) => [child.planHash, { ...child, functionName: childName(child) }])).values(),
      ],
    }),
    'src/workflows.ts': `/** Every workflow of the worker. */\n${written.map(({ name, file }) => `export { ${name} } from './${file}.ts'\n`).join('')}`,
    ...Object.fromEntries(written.map(({ file, text }) => [`src/${file}.ts`, text])),
    'src/activities.ts': writeActivities(all, catalogue),
    ...projectFiles,
  }
  return { ok: true, files: Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))) }
}

/** The plan and every plan that it runs, however deep. */
function withChildren(plan: Plan, children: Readonly<Record<string, Plan>>): Plan[] {
  const all = new Map([[plan.hash, plan]])
  for (const one of all.values()) {
    for (const { child } of one.steps) {
      const found = child && Object.hasOwn(children, child.planHash) ? children[child.planHash] : undefined
      if (child && found) all.set(child.planHash, found)
    }
  }
  return [...all.values()]
}

function versionOf(plan: Plan, all: readonly Plan[]): number {
  return all.flatMap(({ steps }) => steps).find(({ child }) => child?.planHash === plan.hash)?.child?.version ?? 1
}

/** `payment-drop` -> `paymentDrop`; a child's has its version: `zoneCheckV3`. */
function functionName(runbook: string, version: number | null): string {
  const base = camelCase(runbook)
  const name = version === null ? base : `${base}V${version}`
  // A runbook may be called `delete`.
  return isName(name) &&
    !/^(default|delete|new|return|import|export|class|for|if|in|do|try|var|let|const|switch|case|with|while|void|this|null|true|false|enum|await|yield|static|function|typeof|throw|catch|finally|else|break|continue|super|extends|instanceof|debugger|input|flow|params|eval|arguments|package|interface|private|protected|public|implements)$/.test(
      name,
    )
    ? name
    : `${name}Runbook`
}
