import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { compileRunbook, type Plan } from '@tenon/runbook'
import { exportTemporal } from '@tenon/runbook/export'
import { CliError, usageError } from '../cli-error.ts'
import { type Command, exitCodes } from '../command.ts'
import { localCatalogue } from '../local-catalogue.ts'
import { showProblems } from '../problem-lines.ts'
import { readSource, readSources } from '../read-file.ts'
import { writeInto } from '../write-into.ts'

export const exportCommand: Command = {
  path: ['runbook', 'export'],
  short: ['export'],
  summary: 'Writes a runbook as a stand-alone Temporal project in TypeScript.',
  details:
    'The project has the workflow, its worker and client, and runs without Tenon; its README says how. Runbooks that steps run are written too when they are given with --with.',
  args: ['FILE'],
  options: {
    temporal: { type: 'boolean', help: 'A Temporal project; the only form, and what is written without it.' },
    out: { type: 'string', value: 'DIR', help: "Where to; a new folder of the runbook's name without it." },
    with: { type: 'string', value: 'PATH', multiple: true, help: 'Files of runbooks that its steps run.' },
    force: { type: 'boolean', help: 'Writes into a folder that has files already.' },
  },
  examples: ['export payment-drop.yaml --temporal --out payment-drop'],
  offline: true,
  async run({ args: [path = ''], options, terminal }) {
    if (!/\.(ya?ml|json)$/.test(path)) throw usageError(`"${path}" is no runbook file.`, 'Name a .yaml file.')
    const file = await readSource(path)
    const others = await readSources(options.texts('with'))
    const { catalogue } = localCatalogue([file, ...others])
    const compiled = compileRunbook(file.source, catalogue)
    if (!compiled.ok) {
      showProblems(terminal, path, compiled.problems)
      throw new CliError(`${path} has errors and cannot be exported.`, { fix: 'Correct them.' })
    }
    const children: Record<string, Plan> = {}
    for (const { source } of others) {
      const other = compileRunbook(source, catalogue)
      if (!other.ok) continue
      const callable = catalogue.runbooks?.find(({ name }) => name === other.document.name)
      for (const { planHash } of callable?.versions ?? []) children[planHash] = { ...other.plan, hash: planHash }
    }
    const exported = exportTemporal(compiled.document, catalogue, { children })
    if (!exported.ok) {
      showProblems(terminal, path, exported.problems)
      throw new CliError(`${path} has no exact form as code.`, { fix: 'Change the named places.' })
    }
    const folder = options.text('out') ?? compiled.document.name
    await assertEmpty(folder, options.flag('force'))
    const written = Object.entries(exported.files)
    for (const [name, text] of written) await writeInto(folder, name, text)
    const names = written.map(([name]) => name)
    terminal.answer({ folder, files: names }, () => {
      for (const name of names) terminal.line(join(folder, name))
    })
    return exitCodes.ok
  },
}

async function assertEmpty(folder: string, force: boolean): Promise<void> {
  const entries = await readdir(folder).catch(() => [])
  if (entries.length === 0 || force) return
  throw new CliError(`${folder} is not empty.`, { fix: 'Choose another folder with --out, or add --force.' })
}
