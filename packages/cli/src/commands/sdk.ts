import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { usageError } from '../cli-error.ts'
import { type Command, exitCodes } from '../command.ts'
import { pathInto, writeInto } from '../write-into.ts'

const language = z.enum(['typescript', 'python', 'json-schema', 'openapi'])

/** What was written before, so that modules of domains that are gone do not stay. */
const manifestName = (of: string): string => `tenon-sdk.${of}.json`
const manifest = z.object({ files: z.array(z.string()) })

export const sdk: Command = {
  path: ['sdk'],
  summary: 'Writes a typed SDK of the data services.',
  details:
    'One module a domain, made of the model as it is now; run it again when that has changed. Files that it wrote before and that are not part of it any more are removed. See docs/sdk.md.',
  args: [],
  options: {
    language: { type: 'string', value: 'LANGUAGE', help: 'typescript, python, json-schema or openapi.' },
    out: { type: 'string', value: 'DIR', help: 'Where to.' },
    domain: { type: 'string', value: 'NAME', multiple: true, help: 'Only these; all without it.' },
  },
  examples: ['sdk --language typescript --out sdk', 'sdk --language python --out . --domain service'],
  async run({ options, terminal, server }) {
    const wanted = language.safeParse(options.text('language'))
    if (!wanted.success)
      throw usageError('The language is missing, or is none of ours.', `Add --language ${language.options.join('|')}.`)
    const folder = options.text('out')
    if (folder === undefined) throw usageError('It is not said where to.', 'Add --out DIR.')
    const domain = options.texts('domain')
    const made = await server().getDataSdk({ language: wanted.data, ...(domain.length === 0 ? {} : { domain }) })
    const written = made.files.map(({ path }) => path)
    // Nothing is written, and nothing removed, when one of the names would lead out of the folder.
    for (const path of written) pathInto(folder, path)
    const before = await filesBefore(folder, wanted.data)
    for (const { path, text } of made.files) await writeInto(folder, path, text)
    for (const path of before.filter((one) => !written.includes(one))) await rm(pathInto(folder, path), { force: true })
    await writeInto(folder, manifestName(wanted.data), `${JSON.stringify({ files: written }, null, 2)}\n`)
    terminal.answer({ folder, domains: made.domains, files: written }, () => {
      for (const path of written) terminal.line(join(folder, path))
      const services = made.domains.reduce((sum, one) => sum + one.services, 0)
      terminal.line(`${services} data services in ${made.domains.length} domains.`)
    })
    return exitCodes.ok
  },
}

async function filesBefore(folder: string, of: string): Promise<string[]> {
  const text = await readFile(join(folder, manifestName(of)), 'utf8').catch(() => '{}')
  try {
    return manifest.safeParse(JSON.parse(text)).data?.files ?? []
  } catch {
    // Somebody's own file of that name: nothing of it is ours to remove.
    return []
  }
}
