/**
 * Who may import whom. ARCHITECTURE.md draws it; this table is what holds. A rule names the reason, because the next person to meet it
 * wants to know what would break.
 */
import { isTest, packageOf, workspaceOf, type ModuleGraph, type SourceFile } from './module-graph.ts'

export interface Violation {
  file: string
  problem: string
}

/** Workspace -> the workspaces that it may import. Tests may also import the test tools of packages/quality and packages/stack. */
const ALLOWED: Record<string, string[]> = {
  'packages/runbook': [],
  'packages/analysis': [],
  'packages/data': ['packages/runbook', 'packages/analysis'],
  'packages/actions': ['packages/runbook', 'packages/analysis'],
  'packages/db': ['packages/runbook', 'packages/analysis', 'packages/actions'],
  'packages/activities': ['packages/runbook', 'packages/analysis', 'packages/data', 'packages/actions'],
  'packages/express': ['packages/runbook', 'packages/activities'],
  'apps/worker': [
    'packages/runbook',
    'packages/analysis',
    'packages/data',
    'packages/actions',
    'packages/activities',
    'packages/db',
  ],
  'apps/web': [
    'packages/runbook',
    'packages/analysis',
    'packages/data',
    'packages/actions',
    'packages/activities',
    'packages/db',
    'packages/express',
  ],
  // Only the emergency stop: a stop of writes must not need the pages.
  'packages/cli': ['packages/runbook', 'packages/activities', 'packages/client', 'packages/actions', 'packages/db'],
  'packages/client': [],
  demo: [],
  'packages/stack': ['packages/runbook', 'packages/data', 'packages/activities', 'packages/db', 'demo'],
  'packages/quality': [
    'packages/analysis',
    'packages/actions',
    'packages/runbook',
    'packages/data',
    'packages/activities',
    'packages/db',
    'packages/stack',
    'demo',
  ],
  e2e: ['packages/stack', 'demo'],
}

/** Of one workspace alone: what it is given at run time, its tests take from where it really comes. */
const TEST_PARTNERS: Record<string, string[]> = {
  'packages/express': ['packages/db'],
  'apps/web': ['packages/client'],
}

const TEST_TOOLS = ['packages/quality', 'packages/stack', 'demo']

/** What the browser must never load, wherever the import is. */
const SERVER_ONLY = [
  'packages/db',
  'packages/express',
  'packages/activities',
  'packages/actions',
  'packages/data',
  'packages/stack',
]

/** What workflow code may load at run time: it is replayed, so nothing with I/O, clock or chance. */
const WORKFLOW_PACKAGES = ['@temporalio/workflow', '@temporalio/common', '@tenon/runbook', '@tenon/activities', 'zod']

/** Every broken rule. */
export function checkDirections(graph: ModuleGraph): Violation[] {
  return [...graph.files.values()]
    .flatMap((file) => [...workspaceRules(file), ...databaseRule(file)])
    .concat(workflowRule(graph), browserRule(graph))
}

function workspaceRules(file: SourceFile): Violation[] {
  const own = workspaceOf(file.path)
  const allowed = ALLOWED[own]
  if (!allowed) return [{ file: file.path, problem: `${own} is not in the table of directions: add it there` }]
  return file.imports.flatMap(({ specifier, file: target }): Violation[] => {
    const ours = packageOf(specifier)?.startsWith('@tenon/') ?? false
    if (target === null) {
      return ours || specifier.startsWith('#') ? [{ file: file.path, problem: `${specifier} leads nowhere` }] : []
    }
    const other = workspaceOf(target)
    if (other === own) return []
    if (specifier.startsWith('.')) {
      return [{ file: file.path, problem: `${specifier} reaches into ${other}: import its package instead` }]
    }
    const partners = [...TEST_TOOLS, ...(TEST_PARTNERS[own] ?? [])]
    if (allowed.includes(other) || (isTest(file.path) && partners.includes(other))) return []
    return [{ file: file.path, problem: `${own} may not import ${other} (${specifier})` }]
  })
}

/** One package knows how rows look, so that a change of the schema stays in it. */
function databaseRule(file: SourceFile): Violation[] {
  if (workspaceOf(file.path) === 'packages/db') return []
  return file.imports
    .filter(({ specifier }) => /^(@prisma\/|prisma$|prisma\/)/.test(specifier) || isRowCode(specifier, file))
    .map(({ specifier }) => ({ file: file.path, problem: `only packages/db imports the Prisma client (${specifier})` }))
}

/** The API's client has a folder of this name too, with nothing of the database in it. */
const isRowCode = (specifier: string, { path }: SourceFile): boolean =>
  specifier.includes('/generated/') && workspaceOf(path) !== 'packages/client'

/** Replaying must take the same path: what a workflow loads is checked through everything that it loads. */
function workflowRule(graph: ModuleGraph): Violation[] {
  const entries = [...graph.files.keys()].filter(
    (path) => path.startsWith('apps/worker/src/workflows/') && !isTest(path),
  )
  return reach(graph, entries).flatMap(({ file, chain }) =>
    file.imports
      .filter(({ typeOnly, specifier }) => !typeOnly && !specifier.startsWith('.'))
      .filter(({ specifier }) => !isWorkflowSafe(file, specifier))
      .map(({ specifier }) => ({ file: file.path, problem: `workflow code loads ${specifier} (through ${chain})` })),
  )
}

function isWorkflowSafe(file: SourceFile, specifier: string): boolean {
  if (specifier.startsWith('node:')) return false
  const own = workspaceOf(file.path)
  if (own === 'apps/worker') {
    // Of the node types only those that are pure: their own entry has nothing else.
    if (packageOf(specifier) === '@tenon/activities') return specifier === '@tenon/activities/compute'
    return WORKFLOW_PACKAGES.includes(packageOf(specifier) ?? '')
  }
  // Pure packages may load their own pure libraries; the rule on node: above holds for them as well.
  return own === 'packages/runbook' || own === 'packages/activities' || own === 'packages/analysis'
}

/** Keys, SQL and node code would be shipped to everyone who opens the page. */
function browserRule(graph: ModuleGraph): Violation[] {
  const entries = [...graph.files.values()]
    .filter((file) => file.forBrowser && !isTest(file.path))
    .map(({ path }) => path)
  return reach(graph, entries).flatMap(({ file, chain }) => {
    const bad = file.imports.find(({ typeOnly, specifier }) => !typeOnly && specifier.startsWith('node:'))
    if (bad) return [{ file: file.path, problem: `browser code loads ${bad.specifier} (through ${chain})` }]
    const serverOnly = SERVER_ONLY.includes(workspaceOf(file.path)) || file.path.startsWith('apps/web/src/server/')
    return serverOnly ? [{ file: file.path, problem: `browser code loads it (through ${chain})` }] : []
  })
}

/** Everything that runs when `entries` are loaded, each with the way to it. */
function reach(graph: ModuleGraph, entries: string[]): { file: SourceFile; chain: string }[] {
  const chains = new Map<string, string>(entries.map((path) => [path, path]))
  // A Map may grow while it is walked; new entries come last.
  for (const [path, chain] of chains) {
    for (const { file, typeOnly } of graph.files.get(path)?.imports ?? []) {
      if (file !== null && !typeOnly && !chains.has(file)) chains.set(file, `${chain} > ${file}`)
    }
  }
  return [...chains].flatMap(([path, chain]) => {
    const file = graph.files.get(path)
    return file ? [{ file, chain }] : []
  })
}
