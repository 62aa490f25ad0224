/**
 * How good and how fast the analyses are. On labelled data: `--data DIR` is a folder with nab/, kpi/, change/, rca/, multidim/, alerts/ and
 * the scripts that score them; answers are written by the product's own algorithms, which never read a label, then scored by those
 * scripts. With `--out DIR` the answers are left there and nothing is scored. See docs/bench.md.
 */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { AnalysisFolders, AnalysisPart, RunScore } from './analysis/part.ts'
import { alertsPart } from './analysis/alerts.ts'
import { changePart } from './analysis/change.ts'
import { drillPart } from './analysis/drill.ts'
import { kpiPart } from './analysis/kpi.ts'
import { nabPart } from './analysis/nab.ts'
import { multidimPart } from './analysis/multidim.ts'
import { rcaPart } from './analysis/rca.ts'
import { throughputPart } from './analysis/throughput.ts'
import type { Bench, BenchOptions, Measured } from './bench.ts'

const parts: readonly AnalysisPart[] = [
  alertsPart,
  changePart,
  kpiPart,
  nabPart,
  throughputPart,
  multidimPart,
  rcaPart,
  drillPart,
]

/** Where the labelled data is looked for when it is not named: beside the checkout. */
const usualFolder = '../shared/data'
/** From here on a score is an alarm, in every series of every kind. */
const alarmScore = 0.5

export const analysisBench: Bench = {
  name: 'analysis',
  figures: [
    'nab_standard',
    'kpi_event_f1',
    'kpi_false_per_day',
    'kpi_delay_f1',
    'drill_synth_f1',
    'drill_rs_f1',
    'rca_petshop_ac1',
    'rca_petshop_avg5',
    'change_group_fpr',
    'change_group_fnr',
    'alerts_precision',
    'alerts_recall_300s',
    'alerts_reduction',
    'alerts_lost',
    'alerts_bcubed_f1',
    'points_per_s',
    'drill_6000_ms',
    'state_bytes_per_series',
  ],
  async run(options) {
    const data = dataFolder(options)
    if (options.out !== undefined) return answerOnly(data, options.out, options)
    const measured: Measured = { figures: {}, notes: [] }
    for (const part of parts) Object.assign(measured.figures, await part.measure?.(options.say))
    if (data === null) {
      measured.notes.push('No labelled data: name its folder with --data DIR or TENON_ANALYSIS_DATA.')
      return measured
    }
    const out = await mkdtemp(join(tmpdir(), 'tenon-analysis-'))
    try {
      const folders = { data, out, say: options.say, note: (line: string) => void measured.notes.push(line) }
      for (const part of parts) await answerAndScore(part, folders, measured)
    } finally {
      await rm(out, { recursive: true, force: true })
    }
    return measured
  },
}

function dataFolder({ data }: BenchOptions): string | null {
  const named = data ?? process.env['TENON_ANALYSIS_DATA']
  if (named !== undefined) {
    if (!existsSync(named)) throw new Error(`There is no folder ${named}.`)
    return resolve(named)
  }
  return existsSync(usualFolder) ? resolve(usualFolder) : null
}

/** Speed is measured all the same; the figures of quality are whoever scores the answers' own. */
async function answerOnly(data: string | null, out: string, { say }: BenchOptions): Promise<Measured> {
  if (data === null) throw new Error('Name the folder of the data with --data DIR.')
  const notes: string[] = []
  const figures: Measured['figures'] = {}
  for (const part of parts) Object.assign(figures, await part.measure?.(say))
  const folders = { data, out: resolve(out), say, note: (line: string) => void notes.push(line) }
  for (const part of parts) {
    if (!part.answer) continue
    const found = await part.answer(folders)
    say(found ? `${part.name}: answered` : `${part.name}: not in ${data}`)
  }
  await mkdir(folders.out, { recursive: true })
  await writeFile(join(folders.out, 'thresholds.json'), JSON.stringify({ nab: alarmScore, kpi: alarmScore }))
  notes.push(`Answers are in ${folders.out}, not scored. A score from ${alarmScore} on is an alarm.`)
  return { figures, notes, asked: Object.keys(figures) }
}

async function answerAndScore(part: AnalysisPart, folders: AnalysisFolders, measured: Measured): Promise<void> {
  if (!part.answer || !part.score) return
  folders.say(`${part.name}: answering`)
  if (!(await part.answer(folders))) {
    measured.notes.push(`${part.name}: not in the data.`)
    return
  }
  const scored = await part.score(folders, scoreRunner(folders))
  const isNamed = ([name]: [string, number | null]): boolean => analysisBench.figures.includes(name)
  Object.assign(measured.figures, Object.fromEntries(Object.entries(scored).filter(isNamed)))
  // Names of figures are the same for ever; what has no name is said in words.
  for (const [name, value] of Object.entries(scored).filter((one) => !isNamed(one)))
    folders.note(`${name}: ${value ?? 'not measured'}`)
}

const run = promisify(execFile)

/** Scores are the data's own: the product holds no second opinion of how it is measured. */
function scoreRunner({ data, note }: AnalysisFolders): RunScore {
  return async (script, args) => {
    const path = join(data, 'score', script)
    try {
      const { stdout } = await run('python3', [path, ...args], { maxBuffer: 16 * 1024 * 1024, timeout: 300_000 })
      return stdout
    } catch (error) {
      note(`${script} could not be run: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`)
      return null
    }
  }
}
