/** The server's composition root: every part is made here, once a process, when it is first needed. */
import { catalogue, findNode } from '@tenon/activities'
import {
  analysisSource,
  createAnalysisRecorder,
  createRemoteWrite,
  createCatalogue,
  createRunScopes,
  dataOfRun,
  createLiveData,
} from '@tenon/data'
import { createSecretBox, openDatabase } from '@tenon/db'
import { createExpressRunner } from '@tenon/express'
import { createAuth } from './auth.ts'
import { createChainHealth } from './chain-health.ts'
import { createCompile } from './compile.ts'
import { readConfiguration } from './configuration.ts'
import { createTemporalEngine } from './engine.ts'
import { followModel } from './follow-model.ts'
import { createLiveHub } from './live-hub.ts'
import { recordVerdicts } from './record-verdicts.ts'
import { createReportFonts } from './report/pdf/pdf-fonts.ts'
import { createTemplates } from './runbook-templates.ts'
import type { Services } from './services.ts'
import { createTokenCache } from './token-cache.ts'

/** `next dev` loads modules anew at each edit; connections must not multiply with them. */
const kept = globalThis as { tenonComposition?: Services }

/**
 * @param packs folder of the templates that ship: given by the process that begins, before any page asks.
 * @throws Error when the environment is not complete.
 */
export function composition(packs: string | null = null): Services {
  kept.tenonComposition ??= compose(packs)
  return kept.tenonComposition
}

function compose(packs: string | null): Services {
  const configuration = readConfiguration(process.env)
  const secretBox = createSecretBox(configuration.encryptionKey)
  const db = openDatabase(configuration.databaseUrl, { secretBox })
  const live = createLiveHub(db)
  const scopeOf = createRunScopes()
  const liveData = createLiveData({
    store: db.modelFiles,
    folder: configuration.modelFolder,
    sources: (name) => db.connections.address(name),
    own: { analysis: analysisSource(db.analysis) },
    onNotice: warn,
  })
  const dataCatalogue = createCatalogue()
  followModel(live, async () => {
    await liveData.reload()
    // Ready when the next search comes, not begun by it.
    await dataCatalogue.prepare((await liveData.current()).model)
  })
  /** A model that cannot be read is an error of each question about it, not the end of the server. */
  const data = () => liveData.current()
  const { analysisTo } = configuration
  const remote =
    analysisTo === null
      ? null
      : createRemoteWrite({ address: () => db.connections.address(analysisTo), onProblem: warn })
  const recorder = createAnalysisRecorder({ store: db.analysis, remote })

  return {
    configuration,
    db,
    engine: createTemporalEngine(configuration.temporal),
    express: createExpressRunner({
      nodes: { find: findNode },
      contextFor: async ({ runId, signal }) => ({
        data: dataOfRun(await data(), { scope: scopeOf(runId), signal }),
        changes: db.changes,
        alerts: db.alerts,
      }),
      async record(batch) {
        await db.runs.createMany(batch)
        await recordVerdicts(recorder, batch)
      },
    }),
    auth: createAuth({ db, publicUrl: configuration.publicUrl, secret: secretBox.derive('sessions') }),
    catalogue,
    compile: createCompile(db),
    data,
    liveData,
    dataCatalogue,
    chainHealth: createChainHealth({ data }),
    reportFonts: createReportFonts(configuration.pdfFonts),
    templates: createTemplates(packs),
    live,
    tokens: createTokenCache(db.tokens, live),
  }
}

const warn = (message: string): void => console.error(JSON.stringify({ level: 'warn', message }))
