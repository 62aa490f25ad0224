/** Reads the model's files and joins them to one checked model. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { LineCounter, parseDocument, type Document } from 'yaml'
import { checkModel, type ModelProblem } from './check-model.ts'
import { DataError } from './data-error.ts'
import { modelFile, type Model, type ModelFile } from './model.ts'

/**
 * All `*.yaml` files of a folder, in the order of their names, are one model.
 *
 * @throws DataError `bad-model` naming the file, the place in it, and what to do; nothing of a model with a mistake is used
 */
export async function loadModel(folder: string): Promise<Model> {
  const names = (await listFolder(folder)).filter((name) => /\.ya?ml$/.test(name)).sort()
  if (names.length === 0) throw badModel(`${folder} has no *.yaml file.`, 'Put the model there, e.g. shop.yaml.')
  const files: SourceFile[] = []
  // One after another, so that of several mistakes the first file's is told, whichever is read faster.
  for (const name of names) files.push(await readModelFile(folder, name))
  const model = joinFiles(files)
  const [first, ...others] = checkModel(model)
  if (first) throw problemError(files, first, others.length)
  return model
}

interface SourceFile {
  name: string
  content: ModelFile
  /** Line of a place in the file, from 1. */
  lineOf(path: (string | number)[]): number | null
}

/** A model is written by people; more is a mistake. */
const maximumBytes = 4 * 1024 * 1024

async function listFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (cause) {
    throw badModel(`The folder ${folder} cannot be read.`, 'Set TENON_MODEL_DIR to the folder of the model.', cause)
  }
}

async function readModelFile(folder: string, name: string): Promise<SourceFile> {
  const text = await readText(join(folder, name), name)
  const counter = new LineCounter()
  const document = parseDocument(text, { lineCounter: counter })
  const [error] = document.errors
  if (error) {
    const line = error.linePos?.[0].line
    throw badModel(`${name}, line ${line ?? '?'}: ${firstLine(error.message)}`, 'Correct the YAML there.')
  }
  const lineOf = (place: (string | number)[]) => lineOfPath(document, place, counter)
  const parsed = modelFile.safeParse(contentOf(document, name))
  if (parsed.success) return { name, content: parsed.data, lineOf }
  const issue = parsed.error.issues[0]
  const place = issue?.path.filter((part) => typeof part !== 'symbol') ?? []
  const more = parsed.error.issues.length - 1
  throw badModel(`${where(name, place, lineOf)}: ${lower(issue?.message ?? 'is wrong')}${andMore(more)}.`, fixOf(issue))
}

async function readText(path: string, name: string): Promise<string> {
  try {
    const { size } = await stat(path)
    if (size <= maximumBytes) return await readFile(path, 'utf8')
  } catch (cause) {
    throw badModel(`${name} cannot be read.`, 'Let it be a file that this process may read.', cause)
  }
  throw badModel(`${name} is above ${maximumBytes / 1024 / 1024} MiB.`, 'Split it into several files.')
}

function contentOf(document: Document, name: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch (cause) {
    throw badModel(`${name} repeats its parts by too many aliases.`, 'Write the parts out.', cause)
  }
}

function joinFiles(files: SourceFile[]): Model {
  const tables: Model['tables'] = {}
  for (const { name, content, lineOf } of files) {
    for (const [id, table] of Object.entries(content.tables)) {
      if (Object.hasOwn(tables, id))
        throw badModel(
          `${where(name, ['tables', id], lineOf)}: there is already a table "${id}" in another file.`,
          'Rename one of them, or join them.',
        )
      tables[id] = table
    }
  }
  return {
    tenonModel: 1,
    entities: files.flatMap(({ content }) => content.entities),
    tables,
    relations: files.flatMap(({ content }) => content.relations),
    chains: files.flatMap(({ content }) => content.chains),
  }
}

/** Says in which file a problem of the joined model is: lists were joined in the files' order. */
function problemError(files: SourceFile[], problem: ModelProblem, more: number): DataError {
  const [section, key, ...rest] = problem.path
  let index = typeof key === 'number' ? key : 0
  for (const { name, content, lineOf } of files) {
    const part = section === 'entities' || section === 'relations' || section === 'chains' ? content[section] : null
    const isHere = part ? index < part.length : typeof key === 'string' && Object.hasOwn(content.tables, key)
    if (isHere && section !== undefined && key !== undefined) {
      const place = [section, part ? index : key, ...rest]
      return badModel(`${where(name, place, lineOf)}: ${problem.message}${andMore(more)}.`, problem.fix)
    }
    index -= part?.length ?? 0
  }
  return badModel(`${pathText(problem.path)}: ${problem.message}.`, problem.fix)
}

function where(name: string, path: (string | number)[], lineOf: SourceFile['lineOf']): string {
  const line = lineOf(path)
  return `${name}${line === null ? '' : `, line ${line}`}${path.length === 0 ? '' : `, ${pathText(path)}`}`
}

/** Of the nearest place that is in the file: what is missing has no line of its own. */
function lineOfPath(document: Document, path: (string | number)[], counter: LineCounter): number | null {
  for (let length = path.length; length > 0; length--) {
    const node: unknown = document.getIn(path.slice(0, length), true)
    if (typeof node !== 'object' || node === null || !('range' in node) || !Array.isArray(node.range)) continue
    const offset: unknown = node.range[0]
    if (typeof offset === 'number') return counter.linePos(offset).line
  }
  return null
}

function fixOf(issue: { code: string; message: string } | undefined): string {
  switch (issue?.code) {
    case 'unrecognized_keys':
      return 'Correct its spelling or remove it.'
    case 'invalid_type':
      return 'Write it as the message says; a key that is missing has to be added.'
    default:
      return 'Correct the value there.'
  }
}

const pathText = (path: (string | number)[]) =>
  path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('')
const firstLine = (text: string) => text.split('\n')[0] ?? text
const lower = (text: string) => text.charAt(0).toLowerCase() + text.slice(1)
const andMore = (more: number) => (more > 0 ? ` (and ${more} more ${more === 1 ? 'mistake' : 'mistakes'})` : '')
const badModel = (message: string, fix: string, cause?: unknown) => new DataError('bad-model', message, { fix, cause })
