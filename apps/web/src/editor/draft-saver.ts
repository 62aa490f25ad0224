/**
 * Saves the draft by itself, a moment after the last change, naming the revision it was made from. A save that meets a newer revision
 * stops and asks: neither side is overwritten without a decision. A save that fails is tried again and says so.
 */
import { createStore, type StoreApi } from 'zustand/vanilla'

/** What somebody else saved meanwhile. */
export interface NewerDraft {
  revision: number
  source: string
  savedBy: string
}

export type SaveState =
  | { state: 'saved'; at: number }
  | { state: 'unsaved' }
  | { state: 'saving' }
  | { state: 'failed'; message: string }
  | { state: 'conflict'; theirs: NewerDraft }

export type SaveAnswer =
  | { kind: 'saved'; revision: number; at: number }
  | ({ kind: 'conflict' } & NewerDraft)
  | { kind: 'failed'; message: string }

export interface DraftSaverOptions {
  revision: number
  source: string
  savedAt: number
  save: (input: { baseRevision: number; source: string }) => Promise<SaveAnswer>
  /** Pause after the last change, in milliseconds. */
  delay?: number
  retryDelay?: number
}

export interface DraftSaver extends StoreApi<SaveState> {
  /** The draft changed. Its text is asked for when it is saved, not at each letter. */
  change(text: () => string): void
  /** Saves at once what is unsaved; resolves when nothing is under way. True when all is saved. */
  flush(): Promise<boolean>
  /** Ends a conflict: their text is now the base, and is returned to be loaded. */
  takeTheirs(): string | null
  /** Ends a conflict: what the draft is now (mine, or the two merged) is saved as the next revision after theirs. */
  saveOver(): Promise<boolean>
  /** A newer draft came from elsewhere while nothing of mine was unsaved: it is the base now. False when mine must be asked first. */
  adopt(theirs: { revision: number; source: string; at: number }): boolean
  /** The revision that mine is based on. */
  revision(): number
  /** The text of that revision. */
  base(): string
  stop(): void
}

export function createDraftSaver(options: DraftSaverOptions): DraftSaver {
  const { delay = 1000, retryDelay = 4000 } = options
  const store = createStore<SaveState>(() => ({ state: 'saved', at: options.savedAt }))
  let { revision, source: saved, savedAt } = options
  let unsaved: (() => string) | null = null
  let timer: ReturnType<typeof setTimeout> | null = null
  let underWay: Promise<void> | null = null

  const later = (milliseconds: number): void => {
    if (timer) clearTimeout(timer)
    timer = setTimeout(() => void flush(), milliseconds)
  }

  const settle = (text: () => string): void => {
    if (unsaved === text) unsaved = null
    store.setState(unsaved ? { state: 'unsaved' } : { state: 'saved', at: savedAt }, true)
  }

  const saveOnce = async (text: () => string): Promise<void> => {
    const source = text()
    // Undone since: there is nothing to save.
    if (source === saved) return settle(text)
    store.setState({ state: 'saving' }, true)
    const answer = await options.save({ baseRevision: revision, source })
    switch (answer.kind) {
      case 'saved':
        revision = answer.revision
        saved = source
        savedAt = answer.at
        return settle(text)
      case 'conflict': {
        const { kind: _, ...theirs } = answer
        store.setState({ state: 'conflict', theirs }, true)
        return
      }
      case 'failed':
        store.setState({ state: 'failed', message: answer.message }, true)
        later(retryDelay)
    }
  }

  const flush = async (): Promise<boolean> => {
    if (timer) clearTimeout(timer)
    timer = null
    while (underWay) await underWay
    // Changes may come in while a save is under way; each turn saves what is newest then.
    while (unsaved && store.getState().state !== 'conflict') {
      underWay = saveOnce(unsaved).finally(() => {
        underWay = null
      })
      await underWay
      if (store.getState().state === 'failed') return false
    }
    return unsaved === null
  }

  return Object.assign(store, {
    change(text: () => string) {
      unsaved = text
      const { state } = store.getState()
      if (state === 'conflict') return
      if (state !== 'saving') store.setState({ state: 'unsaved' }, true)
      later(delay)
    },
    flush,
    takeTheirs() {
      const state = store.getState()
      if (state.state !== 'conflict') return null
      revision = state.theirs.revision
      saved = state.theirs.source
      savedAt = Date.now()
      unsaved = null
      store.setState({ state: 'saved', at: savedAt }, true)
      return saved
    },
    async saveOver() {
      const state = store.getState()
      if (state.state !== 'conflict') return unsaved === null
      revision = state.theirs.revision
      saved = state.theirs.source
      store.setState({ state: 'unsaved' }, true)
      return flush()
    },
    adopt(theirs: { revision: number; source: string; at: number }) {
      if (store.getState().state !== 'saved' || theirs.revision <= revision) return false
      revision = theirs.revision
      saved = theirs.source
      savedAt = theirs.at
      store.setState({ state: 'saved', at: savedAt }, true)
      return true
    },
    revision: () => revision,
    base: () => saved,
    stop() {
      if (timer) clearTimeout(timer)
      timer = null
    },
  })
}
