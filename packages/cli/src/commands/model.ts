/** The data model in Git: files are pulled, checked and pushed; what a connection has is discovered. */
import { rm } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TenonClient } from '@tenon/client'
import { CliError } from '../cli-error.ts'
import { type Command, exitCodes } from '../command.ts'
import { readSources } from '../read-file.ts'
import type { Terminal } from '../terminal.ts'
import { pathInto, writeInto } from '../write-into.ts'

const usualFolder = 'model'

export const modelPull: Command = {
  path: ['model', 'pull'],
  summary: 'Writes the model’s files into a folder.',
  details: `The folder is ${usualFolder} without a name. Files in generated/ are what discovery found.`,
  args: ['[DIR]'],
  options: { prune: { type: 'boolean', help: 'Removes .yaml files of the folder that the server does not have.' } },
  examples: ['model pull', 'model pull config/model --prune'],
  async run({ args: [folder = usualFolder], options, terminal, server }) {
    const { items } = await server().listModelFiles({ text: 'true' })
    // Nothing is written when one of the names would lead out of the folder.
    for (const { path } of items) pathInto(folder, path)
    for (const { path, text } of items) await writeInto(folder, path, text ?? '')
    const known = new Set(items.map(({ path }) => path))
    const gone = options.flag('prune') ? (await filesOf(folder)).filter(({ path }) => !known.has(path)) : []
    for (const { path } of gone) await rm(pathInto(folder, path))
    const answer = { folder, files: items.map(({ path }) => path), removed: gone.map(({ path }) => path) }
    terminal.answer(answer, () => {
      for (const path of answer.files) terminal.line(join(folder, path))
      for (const path of answer.removed) terminal.line(`${terminal.paint('removed', 'red')} ${join(folder, path)}`)
      terminal.line(`${answer.files.length} ${answer.files.length === 1 ? 'file' : 'files'}.`)
    })
    return exitCodes.ok
  },
}

export const modelPush: Command = {
  path: ['model', 'push'],
  summary: 'Makes the server’s model the files of a folder: Git is the source of truth.',
  details: 'The whole model is checked first; when anything is wrong, nothing is changed. It is used at once.',
  args: ['[DIR]'],
  options: {
    prune: { type: 'boolean', help: 'Removes the server’s files that are not in the folder.' },
    'dry-run': { type: 'boolean', help: 'Says what would be done, and does nothing.' },
  },
  examples: ['model push --dry-run', 'model push config/model --prune'],
  async run({ args: [folder = usualFolder], options, terminal, server }) {
    const files = await someFiles(folder)
    const [prune, dryRun] = [options.flag('prune'), options.flag('dry-run')]
    const written = await server().putModelFiles({ body: { files, prune, dryRun } })
    terminal.answer(written, () => {
      for (const { path, action } of written.files) {
        const colour = action === 'remove' ? 'red' : action === 'unchanged' ? 'dim' : 'green'
        terminal.line(`${terminal.paint(action, colour)} ${path}`)
      }
      const count = written.files.filter(({ action }) => action !== 'unchanged').length
      terminal.line(
        dryRun
          ? `${count} to change; nothing was done.`
          : `${count} changed, ${written.files.length - count} unchanged.`,
      )
    })
    return exitCodes.ok
  },
}

export const modelCheck: Command = {
  path: ['model', 'check'],
  summary: 'Checks the files of a folder as a whole model; nothing is saved.',
  args: ['[DIR]'],
  options: {},
  examples: ['model check', 'model check config/model -o json'],
  async run({ args: [folder = usualFolder], terminal, server }) {
    const files = await someFiles(folder)
    const checked = await server().checkModel({ body: { files, alone: true } })
    terminal.answer(checked, () => {
      for (const { path, line, message, fix } of checked.problems) {
        const place = [join(folder, path), ...(line === null ? [] : [line])].join(':')
        terminal.line(`${place}: ${terminal.paint('error', 'red')}: ${message}`)
        terminal.line(`    ${terminal.paint(fix, 'dim')}`)
      }
      const count = checked.problems.length
      terminal.line(
        count === 0
          ? `${terminal.paint('ok', 'green')}: ${files.length} ${files.length === 1 ? 'file' : 'files'}`
          : `${count} ${count === 1 ? 'error' : 'errors'}`,
      )
    })
    return checked.ok ? exitCodes.ok : exitCodes.error
  },
}

export const modelDiscover: Command = {
  path: ['model', 'discover'],
  summary: 'Reads what a connection has, and proposes it for the model.',
  details: 'Nothing changes until the proposal is accepted: here with --accept, or in the model’s page.',
  args: ['CONNECTION'],
  options: {
    accept: { type: 'boolean', help: 'Takes the whole proposal into the model.' },
    again: { type: 'boolean', help: 'Names everything anew by the present rules, also what is known.' },
    'no-wait': { type: 'boolean', help: 'Starts it and says its id.' },
  },
  examples: ['model discover shop-metrics', 'model discover shop-metrics --accept'],
  async run({ args: [connection = ''], options, terminal, server }) {
    const tenon = server()
    const { proposalId } = await tenon.discoverModel({ body: { connection, again: options.flag('again') } })
    if (options.flag('no-wait')) {
      terminal.answer({ proposalId }, () => terminal.line(proposalId))
      return exitCodes.ok
    }
    const proposal = await untilEnded(tenon, proposalId, terminal)
    if (proposal.error) throw new CliError(proposal.error.message, { fix: proposal.error.fix })
    const accept = options.flag('accept') && proposal.changes.length > 0
    const files = accept ? (await tenon.acceptModelProposal({ id: proposalId, body: {} })).files : []
    terminal.answer({ ...proposal, accepted: accept, files }, () => {
      for (const { op, title } of proposal.changes) terminal.line(terminal.paint(title, colours[op]))
      for (const note of proposal.notes) terminal.line(`${terminal.paint('note', 'yellow')}: ${note}`)
      terminal.line(proposal.summary)
      if (accept) terminal.line(`Accepted: ${files.join(', ')}.`)
      else if (proposal.changes.length > 0) terminal.line(`Proposal ${proposalId} waits to be accepted.`)
    })
    return exitCodes.ok
  },
}

type Proposal = Awaited<ReturnType<TenonClient['getModelProposal']>>
const colours: Record<Proposal['changes'][number]['op'], 'green' | 'yellow' | 'red'> = {
  add: 'green',
  change: 'yellow',
  remove: 'red',
}

const pollMs = 500

async function untilEnded(tenon: TenonClient, id: string, terminal: Terminal): Promise<Proposal> {
  let said = ''
  for (;;) {
    const { items } = await tenon.listModelProposals({})
    const summary = items.find((one) => one.id === id)
    // With its changes only once: there may be many.
    if (summary?.state !== 'running') return tenon.getModelProposal({ id })
    if (summary.summary !== said) terminal.note(summary.summary)
    said = summary.summary
    await sleep(pollMs)
  }
}

/** Of the folder, by their paths in it, as the server names them. */
async function filesOf(folder: string): Promise<{ path: string; text: string }[]> {
  const files = await readSources([folder])
  return files.map(({ path, source }) => ({ path: relative(folder, path).split(sep).join('/'), text: source }))
}

/** @throws CliError: a folder without files is a mistyped one more often than an empty model. */
async function someFiles(folder: string): Promise<{ path: string; text: string }[]> {
  const files = await filesOf(folder)
  if (files.length > 0) return files
  throw new CliError(`${folder} has no .yaml files.`, { fix: 'Name the folder of the model.' })
}
