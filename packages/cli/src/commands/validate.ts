import { compileRunbook } from '@tenon/runbook'
import { type Command, exitCodes } from '../command.ts'
import { localCatalogue } from '../local-catalogue.ts'
import { errorsIn, showProblems } from '../problem-lines.ts'
import { readSources } from '../read-file.ts'

export const validate: Command = {
  path: ['runbook', 'validate'],
  short: ['validate'],
  summary: 'Checks runbook files: form, graph, types, tests.',
  details: 'Steps that run another runbook are checked against its file, when that is among them.',
  args: ['PATH...'],
  options: {},
  examples: ['validate runbooks/', 'validate drop.yaml -o json'],
  offline: true,
  async run({ args, terminal }) {
    const files = await readSources(args)
    const { catalogue, missing } = localCatalogue(files)
    const checked = files.map(({ path, source }) => {
      const { ok, problems } = compileRunbook(source, catalogue)
      return { path, ok, problems }
    })
    const wrong = checked.filter(({ ok }) => !ok)
    terminal.answer(checked, () => {
      for (const { path, problems } of checked) showProblems(terminal, path, problems)
      if (missing.length > 0) terminal.note(`Not checked, because only a server knows them: ${missing.join(', ')}.`)
      const count = checked.reduce((sum, { problems }) => sum + errorsIn(problems), 0)
      terminal.line(
        count === 0
          ? `${terminal.paint('ok', 'green')}: ${checked.length} ${checked.length === 1 ? 'runbook' : 'runbooks'}`
          : `${count} ${count === 1 ? 'error' : 'errors'} in ${wrong.length} of ${checked.length} runbooks`,
      )
    })
    return wrong.length === 0 && checked.length > 0 ? exitCodes.ok : exitCodes.error
  },
}
