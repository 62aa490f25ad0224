/** Compiles files that may run each other, as if all of them were published. */
import type { Compiled } from '@tenon/db'
import {
  type CallableRunbook,
  childType,
  compileRunbook,
  isCallingRunbooks,
  parseRunbook,
  type RunbookDocument,
} from '@tenon/runbook'
import type { Services } from './services.ts'

/** @returns each file with what it compiles to; those that others run come before these. */
export async function compileTogether<File extends { source: string }>(
  { db, catalogue }: Pick<Services, 'db' | 'catalogue'>,
  files: readonly File[],
): Promise<{ file: File; compiled: Compiled }[]> {
  const calls = files.some(({ source }) => isCallingRunbooks(source))
  const callable = new Map((calls ? await db.callableRunbooks() : []).map((runbook) => [runbook.name, runbook]))
  return inCallOrder(files).map((file) => {
    const compiled = compileRunbook(file.source, { ...catalogue, runbooks: [...callable.values()] })
    if (compiled.ok) {
      const { name } = compiled.document
      callable.set(name, withNext(callable.get(name), compiled))
    }
    return { file, compiled }
  })
}

/** The runbook as publishing the file would leave it: what a step without a version is pinned to stands first. */
function withNext(
  known: CallableRunbook | undefined,
  { document: { name, title, params }, plan }: Extract<Compiled, { ok: true }>,
): CallableRunbook {
  const versions = known?.versions ?? []
  const newest = versions.toSorted((a, b) => b.version - a.version)[0]
  // The same plan once more makes no version.
  const live =
    newest?.planHash === plan.hash ? newest : { version: (newest?.version ?? 0) + 1, planHash: plan.hash, params }
  return { name, title, versions: [live, ...versions.filter((one) => one !== live)] }
}

function inCallOrder<File extends { source: string }>(files: readonly File[]): File[] {
  const read = files.map((file) => ({ file, document: parseRunbook(file.source).document }))
  const byName = new Map(read.map((one) => [one.document?.name, one]))
  const ordered = new Set<(typeof read)[number]>()
  const visiting = new Set<(typeof read)[number]>()
  const visit = (one: (typeof read)[number]): void => {
    // Runbooks that run each other in a circle are refused by the compiler, whichever comes first.
    if (ordered.has(one) || visiting.has(one)) return
    visiting.add(one)
    for (const name of one.document ? calledBy(one.document) : []) {
      const called = byName.get(name)
      if (called) visit(called)
    }
    ordered.add(one)
  }
  read.forEach(visit)
  return [...ordered].map(({ file }) => file)
}

function calledBy({ nodes }: RunbookDocument): string[] {
  return Object.values(nodes).flatMap(({ type, with: inputs }) => {
    const { runbook } = inputs
    return type.split('@')[0] === childType && typeof runbook === 'string' ? [runbook] : []
  })
}
