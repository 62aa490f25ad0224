import type { TenonClient } from '@tenon/client'
import { compileRunbook } from '@tenon/runbook'
import { CliError, usageError } from '../cli-error.ts'
import { type Command, exitCodes } from '../command.ts'
import { localCatalogue } from '../local-catalogue.ts'
import { errorsIn, showProblems } from '../problem-lines.ts'
import { readSources } from '../read-file.ts'
import type { Terminal } from '../terminal.ts'

type Applied = Awaited<ReturnType<TenonClient['apply']>>

export const apply: Command = {
  path: ['runbook', 'apply'],
  short: ['apply'],
  summary: 'Makes the server have the runbooks of these files: Git is the source of truth.',
  details:
    'All files are checked first; nothing is changed when one of them has an error. The text is saved as it is, comments and all, and published.\n--prune deletes runbooks that an earlier apply made and nobody changed by hand since, and that are in none of the files.',
  args: ['[PATH]...'],
  options: {
    file: {
      type: 'string',
      short: 'f',
      multiple: true,
      value: 'PATH',
      help: 'A file or a folder; the same as naming it.',
    },
    prune: {
      type: 'boolean',
      help: 'Deletes what an earlier apply made and is no longer there (needs an admin token).',
    },
    'dry-run': { type: 'boolean', help: 'Says what would be done, and does nothing.' },
    draft: { type: 'boolean', help: 'Saves drafts and publishes nothing.' },
    environment: { type: 'string', value: 'NAME', help: 'Where it is published; production without it.' },
  },
  examples: ['apply -f runbooks/ --dry-run', 'apply -f runbooks/ --prune'],
  async run({ args, options, terminal, server }) {
    const paths = [...options.texts('file'), ...args]
    if (paths.length === 0) throw usageError('No file is given.', 'Name files or folders: tenon apply -f runbooks/')
    const files = await readSources(paths)
    if (files.length === 0)
      throw new CliError(`${paths.join(', ')} has no .yaml files.`, { fix: 'Name the folder of the runbooks.' })
    const { catalogue } = localCatalogue(files)
    let wrong = 0
    for (const { path, source } of files) {
      const { ok, problems } = compileRunbook(source, catalogue)
      if (ok) continue
      wrong += errorsIn(problems)
      showProblems(terminal, path, problems)
    }
    if (wrong > 0)
      throw new CliError(`Nothing is applied: ${wrong} ${wrong === 1 ? 'error' : 'errors'}.`, { fix: 'Correct them.' })
    const environment = options.text('environment')
    const answer = await server().apply({
      body: {
        files,
        prune: options.flag('prune'),
        dryRun: options.flag('dry-run'),
        publish: !options.flag('draft'),
        ...(environment === undefined ? {} : { environment }),
      },
    })
    terminal.answer(answer, () => show(terminal, answer))
    return exitCodes.ok
  },
}

const words: Record<Applied['changes'][number]['action'], string> = {
  create: 'create',
  update: 'update',
  publish: 'publish',
  text: 'text only',
  delete: 'delete',
  unchanged: 'unchanged',
}

function show(terminal: Terminal, { dryRun, changes }: Applied): void {
  for (const { runbook, action, changes: lines, version, warnings } of changes) {
    const colour = action === 'delete' ? 'red' : action === 'unchanged' ? 'dim' : 'green'
    const made = version === null || action === 'unchanged' ? '' : ` (version ${version})`
    terminal.line(`${terminal.paint(words[action], colour)} ${runbook}${made}`)
    for (const line of lines) terminal.line(`    ${line}`)
    for (const warning of warnings) terminal.line(`    ${terminal.paint('warning', 'yellow')}: ${warning}`)
  }
  const count = changes.filter(({ action }) => action !== 'unchanged').length
  terminal.line(
    dryRun ? `${count} to change; nothing was done.` : `${count} changed, ${changes.length - count} unchanged.`,
  )
}
