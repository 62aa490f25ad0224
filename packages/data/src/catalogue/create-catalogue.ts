/** The catalogue of what can be asked for, for a process: one index, made when it is first needed and again when the model changed. */
import type { Model } from '../model/model.ts'
import { buildIndex, type CatalogueIndex } from './build-index.ts'
import { searchIndex, type CatalogueAnswer, type CatalogueAsk } from './search-index.ts'

export interface Catalogue {
  /**
   * The first search waits for the index; after the model changed searches are answered from the index before, until the new one is
   * ready.
   *
   * @example await catalogue.search(data.model, { text: 'success rate payment zone A', limit: 20 })
   */
  search(model: Model, ask: CatalogueAsk): Promise<CatalogueAnswer>
  /** Makes the index of this model, so that no search waits. */
  prepare(model: Model): Promise<void>
}

export function createCatalogue(): Catalogue {
  let ready: CatalogueIndex | null = null
  let building: { model: Model; done: Promise<CatalogueIndex> } | null = null

  function build(model: Model): Promise<CatalogueIndex> {
    if (building?.model === model) return building.done
    const entry = { model, done: buildIndex(model) }
    building = entry
    return entry.done.then(
      (made) => {
        // A model that came later has the word, even when the one before it took longer.
        if (building === entry) {
          ready = made
          building = null
        }
        return made
      },
      (error: unknown) => {
        if (building === entry) building = null
        throw error
      },
    )
  }

  return {
    async search(model, ask) {
      if (ready?.model.model === model) return searchIndex(ready, ask)
      const next = build(model)
      if (ready === null) return searchIndex(await next, ask)
      // Whoever searches after it was built hears why it failed, from its own build.
      next.catch(() => {})
      return { ...searchIndex(ready, ask), outdated: true }
    },
    async prepare(model) {
      if (ready?.model.model !== model) await build(model)
    },
  }
}
