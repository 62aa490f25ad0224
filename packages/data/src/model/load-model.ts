/** Reads the model's files and joins them to one checked model. */
import { readdir, readFile } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { checkModel } from './check-model.ts'
import { DataError } from '../data-error.ts'
import { modelFile, type Model } from './model.ts'
import { joinLayers } from './model-layers.ts'
import { issueMistake, readText, type ModelMistake, type ModelText, type Place, type ReadText } from './model-text.ts'

/**
 * All `*.yaml` files of a folder are one model: what people wrote, laid over what discovery wrote in its folder `generated`.
 *
 * @throws DataError `bad-model` naming the file, the place in it, and what to do; nothing of a model with a mistake is used
 */
export async function loadModel(folder: string): Promise<Model> {
  return readModel(await readModelFolder(folder))
}

/** The texts of a folder, in the order of their paths. @throws DataError `bad-model` */
export async function readModelFolder(folder: string): Promise<ModelText[]> {
  const paths = (await listFolder(folder)).filter((path) => /\.ya?ml$/.test(path)).toSorted()
  if (paths.length === 0) throw badModel(`${folder} has no *.yaml file.`, 'Put the model there, e.g. shop.yaml.')
  return Promise.all(paths.map(async (path) => ({ path, text: await readOne(join(folder, path), path) })))
}

/** @throws DataError `bad-model`, as `loadModel` does */
export function readModel(texts: readonly ModelText[]): Model {
  const read = examine(texts)
  if ('model' in read) return read.model
  const [first, ...more] = read.mistakes
  throw badModel(`${textOf(first!)}${andMore(more.length)}.`, first!.fix)
}

/** All that is wrong with a model, file by file; empty when it can be used. */
export function checkModelFiles(texts: readonly ModelText[]): ModelMistake[] {
  const read = examine(texts)
  return 'model' in read ? [] : read.mistakes
}

function examine(texts: readonly ModelText[]): { model: Model } | { mistakes: ModelMistake[] } {
  const files: ReadText[] = []
  for (const text of texts) {
    const read = readText(text)
    // A file that cannot be read leaves gaps, which would be told as mistakes of others.
    if ('mistakes' in read) return read
    files.push(read.file)
  }
  const joined = joinLayers(files)
  if (joined.mistakes.length > 0) return { mistakes: joined.mistakes }
  const located = (mistake: Omit<ModelMistake, 'file' | 'line'>): ModelMistake => {
    const found = joined.locate(mistake.place)
    return { ...mistake, file: found?.file ?? '', line: found?.line ?? null, place: found?.place ?? mistake.place }
  }
  const parsed = modelFile.safeParse(joined.content)
  if (!parsed.success)
    return { mistakes: parsed.error.issues.map((issue) => located(issueMistake('', issue, () => null))) }
  const problems = checkModel(parsed.data)
  if (problems.length > 0)
    return { mistakes: problems.map(({ path, message, fix }) => located({ place: path, message, fix })) }
  return { model: parsed.data }
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true })
    return entries.map((path) => path.split(sep).join('/'))
  } catch (cause) {
    throw badModel(`The folder ${folder} cannot be read.`, 'Set TENON_MODEL_DIR to the folder of the model.', cause)
  }
}

async function readOne(path: string, name: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw badModel(`${name} cannot be read.`, 'Let it be a file that this process may read.', cause)
  }
}

function textOf({ file, line, place, message }: ModelMistake): string {
  const where = `${file}${line === null ? '' : `, line ${line}`}${place.length === 0 ? '' : `, ${placeText(place)}`}`
  return where === '' ? message : `${where}: ${message}`
}

const placeText = (place: Place) =>
  place.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('')
const andMore = (more: number) => (more > 0 ? ` (and ${more} more ${more === 1 ? 'mistake' : 'mistakes'})` : '')
const badModel = (message: string, fix: string, cause?: unknown) => new DataError('bad-model', message, { fix, cause })
