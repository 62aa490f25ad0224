import type { Catalogue } from '@tenon/runbook'
import type { Compile, Database } from '@tenon/db'
import type { ExpressRunner } from '@tenon/express'
import type { Catalogue as DataCatalogue, DataService, LiveData } from '@tenon/data'
import type { ChainHealth } from './chain-health.ts'
import type { Configuration } from './configuration.ts'
import type { Auth } from './auth.ts'
import type { Engine } from './engine.ts'
import type { LiveHub } from './live-hub.ts'
import type { PdfFonts } from './report/pdf/pdf-fonts.ts'
import type { RunbookTemplate } from './runbook-templates.ts'
import type { TokenCache } from './token-cache.ts'

/** What the server's parts are built from; made once in composition.ts and passed in. */
export interface Services {
  configuration: Pick<Configuration, 'publicUrl'>
  db: Database
  engine: Engine
  auth: Auth
  catalogue: Catalogue
  /** The runbook compiler, bound to the catalogue. */
  compile: Compile
  /** Runs express plans in this process. */
  express: Pick<ExpressRunner, 'run' | 'cancel'>
  /** The semantic model's three calls. Connections are read anew when settings change. */
  data(): Promise<DataService>
  /** Of which model that is. */
  liveData: Pick<LiveData, 'reload' | 'refusal'>
  /** Finds what of the model can be asked for. */
  dataCatalogue: DataCatalogue
  chainHealth: ChainHealth
  /** Of exported reports; read when the first is asked for. */
  reportFonts(): Promise<PdfFonts>
  /** Runbooks that ship, to begin a new one with. */
  templates(): Promise<RunbookTemplate[]>
  /** What any process writes, as it is written. */
  live: LiveHub
  /** Who API tokens speak for. */
  tokens: TokenCache
}
