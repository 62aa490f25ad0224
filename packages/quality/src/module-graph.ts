/**
 * Every source file of the tree and what it imports, read with a real parser. The checks of directions and cycles are questions to it.
 */
import { existsSync, readFileSync } from 'node:fs'
import { glob } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { parseSync } from 'oxc-parser'
import * as z from 'zod'

export interface Import {
  specifier: string
  /** Path from the root of the file that it means, when that is ours. */
  file: string | null
  /** Erased before it runs: `import type ...`. */
  typeOnly: boolean
}

export interface SourceFile {
  /** From the root, with `/`. */
  path: string
  imports: Import[]
  /** Begins with 'use client': the browser loads it. */
  forBrowser: boolean
}

export interface ModuleGraph {
  files: Map<string, SourceFile>
  importCount: number
}

const workspaceSchema = z.object({
  name: z.string(),
  exports: z.record(z.string(), z.string()).optional(),
  imports: z.record(z.string(), z.string()).optional(),
})

interface Workspace {
  directory: string
  name: string
  exports: Record<string, string>
  imports: Record<string, string>
}

const FOLDERS = ['apps', 'packages', 'demo', 'e2e']
const GENERATED = /(^|\/)(node_modules|dist|generated|fixtures|\.next)(\/|$)/

/** Reads the tree below `root`. */
export async function readModuleGraph(root: string): Promise<ModuleGraph> {
  const workspaces = await readWorkspaces(root)
  const files = new Map<string, SourceFile>()
  let importCount = 0
  for await (const found of glob(
    FOLDERS.map((folder) => `${folder}/**/*.{ts,tsx,mts,mjs}`),
    {
      cwd: root,
      exclude: (name) => GENERATED.test(name.split(sep).join('/')),
    },
  )) {
    const path = found.split(sep).join('/')
    if (GENERATED.test(path)) continue
    const file = parseFile(root, path, workspaces)
    importCount += file.imports.length
    files.set(path, file)
  }
  return { files, importCount }
}

/** `packages/runbook`, `apps/web`, `demo`: the workspace that a path belongs to. */
export function workspaceOf(path: string): string {
  const [first = '', second = ''] = path.split('/')
  return first === 'apps' || first === 'packages' ? `${first}/${second}` : first
}

/** `packages/runbook` for `@tenon/runbook`; null for what is not ours or unknown. */
export function packageOf(specifier: string): string | null {
  if (!specifier.startsWith('.') && !specifier.startsWith('#')) {
    const parts = specifier.split('/')
    return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? null)
  }
  return null
}

/** A test, or what only tests load. */
export function isTest(path: string): boolean {
  return /\.(test|spec)\.tsx?$|\/test\//.test(path)
}

function parseFile(root: string, path: string, workspaces: Workspace[]): SourceFile {
  const text = readFileSync(join(root, path), 'utf8')
  const { module, program, errors } = parseSync(path, text)
  if (errors.length > 0) throw new Error(`${path} cannot be parsed: ${errors[0]?.message ?? 'unknown error'}`)
  const found: { specifier: string; typeOnly: boolean }[] = []
  const isType = (start: number): boolean => /^(import|export)\s+type\b/.test(text.slice(start, start + 40))
  for (const { start, moduleRequest } of module.staticImports) {
    found.push({ specifier: moduleRequest.value, typeOnly: isType(start) })
  }
  for (const { start, entries } of module.staticExports) {
    const specifier = entries.find((entry) => entry.moduleRequest)?.moduleRequest?.value
    if (specifier) found.push({ specifier, typeOnly: isType(start) })
  }
  for (const { moduleRequest } of module.dynamicImports) {
    const literal = /^(['"])(.*)\1$/.exec(text.slice(moduleRequest.start, moduleRequest.end))?.[2]
    if (literal) found.push({ specifier: literal, typeOnly: false })
  }
  return {
    path,
    imports: found.map((one) => ({ ...one, file: resolveSpecifier(root, path, one.specifier, workspaces) })),
    forBrowser: program.body.some((node) => 'directive' in node && node.directive === 'use client'),
  }
}

function resolveSpecifier(root: string, from: string, specifier: string, workspaces: Workspace[]): string | null {
  if (specifier.startsWith('.')) return existing(root, resolve(root, dirname(from), specifier))
  if (specifier.startsWith('#')) {
    const own = workspaces.find(({ directory }) => from.startsWith(`${directory}/`))
    return own ? mapped(root, own, own.imports, specifier) : null
  }
  const name = packageOf(specifier)
  const workspace = workspaces.find((one) => one.name === name)
  if (!workspace || !name) return null
  return mapped(root, workspace, workspace.exports, `.${specifier.slice(name.length)}`)
}

/** Looks a name up in a package's `exports` or `imports`, with `*` patterns. */
function mapped(root: string, workspace: Workspace, map: Record<string, string>, name: string): string | null {
  for (const [pattern, target] of Object.entries(map)) {
    const [head = '', tail] = pattern.split('*')
    if (tail === undefined ? name !== pattern : !(name.startsWith(head) && name.endsWith(tail))) continue
    const star = tail === undefined ? '' : name.slice(head.length, name.length - tail.length)
    return existing(root, resolve(root, workspace.directory, target.replace('*', star)))
  }
  return null
}

function existing(root: string, path: string): string | null {
  // TypeScript's bundler resolution lets the web app leave the ending out.
  for (const candidate of [path, `${path}.ts`, `${path}.tsx`, join(path, 'index.ts')]) {
    if (/\.[mc]?[jt]sx?$/.test(candidate) && existsSync(candidate))
      return relative(root, candidate).split(sep).join('/')
  }
  return null
}

async function readWorkspaces(root: string): Promise<Workspace[]> {
  const workspaces: Workspace[] = []
  for await (const path of glob(
    ['apps/*/package.json', 'packages/*/package.json', 'demo/package.json', 'e2e/package.json'],
    { cwd: root },
  )) {
    const {
      name,
      exports = {},
      imports = {},
    } = workspaceSchema.parse(JSON.parse(readFileSync(join(root, path), 'utf8')))
    workspaces.push({ directory: dirname(path).split(sep).join('/'), name, exports, imports })
  }
  return workspaces
}
