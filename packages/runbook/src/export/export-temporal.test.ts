import { stripTypeScriptTypes } from 'node:module'
import { expect, test } from 'vitest'
import { makeDocument, testCatalogue } from '../../test/catalogue.ts'
import { exportDifferences } from '../../test/export/export-check.ts'
import { readProjectFiles } from '../../test/export/generate-project-files.ts'
import { exportTemporal } from './export-temporal.ts'
import projectFiles from './project-files.json' with { type: 'json' }

function filesOf(...document: Parameters<typeof makeDocument>): Record<string, string> {
  const exported = exportTemporal(makeDocument(...document), testCatalogue)
  if (!exported.ok) throw new Error(exported.problems.map(({ message }) => message).join('\n'))
  return exported.files
}

test('the exported code takes the same steps as the interpreter, on random graphs', { timeout: 60_000 }, async () => {
  const { differences, graphs, events } = await exportDifferences(60, 1)
  expect(differences).toEqual([])
  expect(graphs).toBe(60)
  expect(events).toBeGreaterThan(300)
})

test.each([
  ['a join that waits for less', (text: string) => text.replaceAll("join: 'any'", "join: 'all'")],
  ['one attempt less', (text: string) => text.replaceAll('attempts: 2', 'attempts: 1')],
  ['an edge that is taken at another outcome', (text: string) => text.replaceAll(".on('a')", ".on('b')")],
  ['a loop with another limit', (text: string) => text.replaceAll('concurrency: 2', 'concurrency: 1')],
])('%s in the code shows', { timeout: 60_000 }, async (_what, twist) => {
  const { differences } = await exportDifferences(150, 1, { most: 1, twist })
  expect(differences).toHaveLength(1)
})

test('the support files are those of the folder: run generate-project-files.ts after a change', () => {
  expect(projectFiles).toEqual(readProjectFiles())
})

test('a step is a block with its title, what leads to it, and its inputs as code', () => {
  const nodes = {
    loss: { type: 'judge.loss', title: 'Where is the loss?', with: { chain: '${params.chain}' } },
    tell: {
      type: 'act.tell',
      title: 'Notify',
      with: { title: 'Lost ${steps.loss.output.lost} at ${steps.loss.output.step}' },
    },
  }
  const text = filesOf(nodes, ['loss -found-> tell'], { params: { chain: { type: 'chain' } } })['src/workflow.ts']
  expect(text).toContain(`  // 1. Where is the loss? (judge.loss)
  const loss = flow.read('loss', {
    title: 'Where is the loss?',
    type: 'judge.loss',
    activity: 'judgeLoss',
    input: () => ({ chain: params.chain }),
    outcomes: ['found', 'none'],
    timeoutSeconds: 30,
    retry: { attempts: 2, backoffSeconds: 1 },
  })

  // 2. Notify (act.tell)
  flow.write('tell', {
    title: 'Notify',
    after: [loss.on('found')],
    activity: 'actTell',
    input: () => ({ title: \`Lost \${text(loss.output.lost)} at \${loss.output.step}\` }),
`)
})

test('activities have the types of the schemas, and say what to connect', () => {
  const text = filesOf({ loss: { type: 'judge.loss', with: { chain: 'a' } } })['src/activities.ts']
  expect(text).toContain("mode?: 'fast' | 'deep'")
  expect(text).toContain("): Promise<StepResult<'found' | 'none', JudgeLossOutput>> {\n  throw notConnected(")
})

test('hostile text stays text: no title, reason or name becomes code', () => {
  const evil = "*/ process.exit() // ' ` $${process.exit()} \n process.exit()"
  const nodes = {
    constructor: { type: 'judge.loss', title: evil, with: { chain: 'a' } },
    delete: { type: 'act.tell', with: { title: `${evil} \${steps.constructor.output.step}` } },
  }
  const { 'src/workflow.ts': text = '', 'README.md': readme } = filesOf(nodes, ['constructor -found-> delete'], {
    name: 'delete',
    title: evil,
  })
  expect(text).toContain('export async function deleteRunbook(')
  expect(text).toContain("const constructor2 = flow.read('constructor', {")
  // Comments end where they should, and template text has no placeholder of its own.
  expect(text.slice(0, text.indexOf('*/'))).toContain('Written by Tenon from plan')
  expect(() => stripTypeScriptTypes(text)).not.toThrow()
  expect(text).toContain('\\${process.exit()}')
  expect(readme).toContain('deleteRunbook')
})

test('what cannot be written is refused with its place, and nothing is exported', () => {
  const nodes = {
    loss: { type: 'judge.loss', with: { chain: 'a' } },
    tell: { type: 'act.tell', with: { title: '${string(steps.loss.output.step.matches("(a+)+$"))}' } },
  }
  const exported = exportTemporal(makeDocument(nodes, ['loss -found-> tell']), testCatalogue)
  expect(exported).toMatchObject({
    ok: false,
    problems: [{ code: 'export-unsupported', severity: 'error', path: ['nodes', 'tell', 'with', 'title'] }],
  })
})

test('a document that does not compile is refused with its problems', () => {
  const exported = exportTemporal(makeDocument({ a: { type: 'no.such' } }), testCatalogue)
  expect(exported).toMatchObject({ ok: false, problems: [{ code: 'node-type-unknown' }] })
})

test('equal plans give equal files', () => {
  const nodes = { loss: { type: 'judge.loss', with: { chain: 'a' } } }
  expect(filesOf(nodes)).toEqual(filesOf(nodes))
})
