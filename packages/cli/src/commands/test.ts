import { writeFile } from 'node:fs/promises'
import { findComputeNode } from '@tenon/activities/compute'
import { compileRunbook, parseRunbook, runbookTest } from '@tenon/runbook'
import { addTest, runTest, type TestResult } from '@tenon/runbook/testing'
import { stringify } from 'yaml'
import { CliError } from '../cli-error.ts'
import { type Command, exitCodes } from '../command.ts'
import { localCatalogue } from '../local-catalogue.ts'
import { showProblems } from '../problem-lines.ts'
import { readSource, readSources } from '../read-file.ts'
import type { Terminal } from '../terminal.ts'

export const testCommand: Command = {
  path: ['runbook', 'test'],
  short: ['test'],
  summary: 'Runs the tests in runbook files, with recorded data and a fixed clock.',
  args: ['PATH...'],
  options: { only: { type: 'string', value: 'NAME', multiple: true, help: 'Runs the tests of this name only.' } },
  examples: ['test runbooks/', 'test drop.yaml --only zone_a'],
  offline: true,
  async run({ args, options, terminal }) {
    const only = options.texts('only')
    const files = await readSources(args)
    const { catalogue } = localCatalogue(files)
    const answers = files.map(({ path, source }) => {
      const compiled = compileRunbook(source, catalogue)
      if (!compiled.ok) return { path, problems: compiled.problems, results: [] }
      const tests = Object.entries(compiled.document.tests).filter(([name]) => only.length === 0 || only.includes(name))
      const results = tests.map(([name, one]) => runTest(compiled.plan, one, { name, compute: findComputeNode }))
      return { path, problems: [], results }
    })
    const results = answers.flatMap((answer) => answer.results)
    const invalid = answers.filter(({ problems }) => problems.length > 0)
    if (results.length === 0 && invalid.length === 0) throw nothingToRun(only, files.length)
    terminal.answer(answers, () => {
      for (const { path, problems, results: ofFile } of answers) {
        showProblems(terminal, path, problems)
        for (const result of ofFile) showResult(terminal, path, result)
      }
      const failed = results.filter(({ passed }) => !passed).length
      terminal.line(
        `${results.length - failed} passed, ${failed} failed${invalid.length > 0 ? `, ${invalid.length} invalid` : ''}`,
      )
    })
    return invalid.length === 0 && results.every(({ passed }) => passed) ? exitCodes.ok : exitCodes.error
  },
}

/** A run of tests that ran none must not look like one that passed. */
function nothingToRun(only: readonly string[], files: number): CliError {
  if (only.length > 0)
    return new CliError(`No test is called ${only.join(' or ')}.`, { fix: 'See the names under tests: in the files.' })
  return new CliError(`${files} ${files === 1 ? 'file has' : 'files have'} no tests.`, {
    fix: 'Write some under tests:, or make one of a run with tenon run test RUN --add-to FILE.',
  })
}

function showResult(terminal: Terminal, path: string, { name, title, passed, failures }: TestResult): void {
  const mark = passed ? terminal.paint('pass', 'green') : terminal.paint('FAIL', 'red')
  terminal.line(`${mark} ${path} ${name}${title === name ? '' : ` (${title})`}`)
  for (const { message, fix } of failures) {
    terminal.line(`     ${message}`)
    if (fix) terminal.line(`       ${terminal.paint(fix, 'dim')}`)
  }
}

export const runTestCommand: Command = {
  path: ['run', 'test'],
  summary: 'Makes a test of a recorded run: prints it, or adds it to a file.',
  args: ['RUN'],
  options: {
    'add-to': { type: 'string', value: 'FILE', help: "Adds it to this runbook file; the file's comments stay." },
    name: { type: 'string', value: 'NAME', help: "The test's name in the file." },
  },
  examples: ['run test 01997f3e-... --add-to runbooks/drop.yaml --name zone_a'],
  async run({ args: [id = ''], options, terminal, server }) {
    const test = runbookTest.parse(await server().getRunAsTest({ id }))
    const name = options.text('name') ?? `run_${id.replaceAll(/[^a-z0-9]/g, '').slice(0, 8)}`
    const file = options.text('add-to')
    if (file === undefined) {
      terminal.answer({ [name]: test }, () => terminal.text(stringify({ tests: { [name]: test } }, { lineWidth: 0 })))
      return exitCodes.ok
    }
    const { source } = await readSource(file)
    const { document, problems } = parseRunbook(source)
    if (!document) {
      showProblems(terminal, file, problems)
      throw new CliError(`${file} cannot be read as a runbook.`, { fix: 'Correct it first.' })
    }
    if (Object.hasOwn(document.tests, name))
      throw new CliError(`${file} has a test "${name}" already.`, { fix: 'Choose another name with --name.' })
    const text = addTest(source, name, test)
    if (!Object.hasOwn(parseRunbook(text).document?.tests ?? {}, name))
      throw new CliError(`"${name}" cannot be a test's name.`, {
        fix: 'Use lower-case letters, digits and underscores.',
      })
    await writeFile(file, text)
    terminal.answer({ file, name, test }, () => terminal.line(`Added test ${name} to ${file}.`))
    return exitCodes.ok
  },
}
