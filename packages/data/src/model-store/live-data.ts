/** Data services of the newest model: it changes while processes run, and one with a mistake is never used. */
import { analysisName, withAnalysis } from '../analysis-store/analysis-table.ts'
import { createDataService, type DataServiceOptions, type OpenDataService } from '../query/create-data-service.ts'
import { DataError } from '../data-error.ts'
import { readModel } from '../model/load-model.ts'
import type { Model } from '../model/model.ts'
import type { ModelStore } from './model-store.ts'
import { syncModelFolder } from './sync-folder.ts'

export interface LiveData {
  /**
   * The service of the newest model that fits together. Who holds one keeps its model, so a step sees one from its start to its end.
   *
   * @throws DataError `bad-model` when there never was one
   */
  current(): Promise<OpenDataService>
  /** Looks whether the stored model changed. What is asked meanwhile is answered with the one before. */
  reload(): Promise<void>
  /** Why the newest stored model is not the one that is used; null when it is. */
  refusal(): DataError | null
  close(): Promise<void>
}

export interface LiveDataOptions extends Pick<DataServiceOptions, 'sources' | 'own'> {
  store: ModelStore
  /** Files that are brought into the store when the first question is asked; null for none. */
  folder: string | null
  /** What is not used, and why: told once of each. */
  onNotice(notice: string): void
}

/** @example const live = createLiveData({ store: db.modelFiles, ... }); db.listen(() => void live.reload()) */
export function createLiveData({ store, folder, onNotice, ...options }: LiveDataOptions): LiveData {
  let used: { version: number; service: OpenDataService } | null = null
  let refused: { version: number; error: DataError } | null = null
  let loading: Promise<void> | null = null
  let again = false

  /** What is kept of verdicts is asked like the rest of the model. */
  const complete = (model: Model): Model =>
    Object.hasOwn(options.own ?? {}, analysisName) ? withAnalysis(model) : model

  async function load(): Promise<void> {
    do {
      again = false
      const { version, files } = await store.snapshot()
      if (version === used?.version || version === refused?.version) continue
      try {
        const model = complete(readModel(files))
        used = { version, service: used?.service.withModel(model) ?? createDataService({ model, ...options }) }
        refused = null
      } catch (error) {
        if (!(error instanceof DataError)) throw error
        refused = { version, error }
        onNotice(`The newest model is not used: ${error.message}`)
      }
    } while (again)
  }

  function reload(): Promise<void> {
    // A change that is told of while one is being read may have come after the look.
    again = loading !== null
    loading ??= load().finally(() => {
      loading = null
    })
    return loading
  }

  const start = once(async () => {
    if (folder !== null) await bringFolder(folder, { store, onNotice })
    await reload()
  })

  return {
    async current() {
      if (!used) await start()
      if (used) return used.service
      throw refused?.error ?? new DataError('bad-model', 'The model could not be read.', { fix: 'Try again.' })
    },
    reload: async () => {
      // Before the first question nothing is known that could be old.
      if (used || refused || loading) await reload()
    },
    refusal: () => refused?.error ?? null,
    close: async () => used?.service.close(),
  }
}

async function bringFolder(folder: string, { store, onNotice }: Pick<LiveDataOptions, 'store' | 'onNotice'>) {
  try {
    const { kept } = await syncModelFolder(folder, store)
    for (const path of kept) onNotice(`${path} of the model was changed here; the folder's text of it is not used`)
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    // With a stored model there is something to go on with; without one, this is what has to be corrected.
    if ((await store.snapshot()).version === 0) throw error
    onNotice(`The model's folder is not used: ${error.message}`)
  }
}

/** Those who ask while it runs share it; one that failed is tried anew by the next. */
function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null
  return () =>
    (running ??= work().finally(() => {
      running = null
    }))
}
