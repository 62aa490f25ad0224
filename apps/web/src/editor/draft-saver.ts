/**
 * Saves the draft by itself, a moment after the last change, naming the revision it was made from. A save that meets a newer revision
 * stops and asks: neither side is overwritten without a decision. A save that fails is tried again and says so.
 */
import { createStore, type StoreApi } from 'zustand/vanilla'

export type SaveState =
  | { state: 'saved'; at: number }
  | { state: 'unsaved' }
  | { state: 'saving' }
  | { state: 'failed'; message: string }
  | { state: 'conflict'; theirs: { revision: number; source: string } }

export type SaveAnswer =
  | { kind: 'saved'; revision: number; at: number }
  | { kind: 'conflict'; revision: number; source: string }
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
  /** What the draft is now. */
  change(source: string): void
  /** Saves at once what is unsaved; resolves when nothing is under way. True when all is saved. */
  flush(): Promise<boolean>
  /** Ends a conflict: their text is now the base, and is returned to be loaded. */
  takeTheirs(): string | null
  /** Ends a conflict: mine is saved over theirs. */
  keepMine(): Promise<boolean>
  /** A newer draft came from elsewhere while nothing of mine was unsaved: it is the base now. False when mine must be asked first. */
  adopt(theirs: { revision: number; source: string; at: number }): boolean
  /** The revision that mine is based on. */
  revision(): number
  stop(): void
}

export function createDraftSaver(options: DraftSaverOptions): DraftSaver {
  const { delay = 1000, retryDelay = 4000 } = options
  const store = createStore<SaveState>(() => ({ state: 'saved', at: options.savedAt }))
  let revision = options.revision
  let saved = options.source
  let wanted = options.source
  let timer: ReturnType<typeof setTimeout> | null = null
  let underWay: Promise<void> | null = null

  const later = (milliseconds: number): void => {
    if (timer) clearTimeout(timer)
    timer = setTimeout(() => void flush(), milliseconds)
  }

  const saveOnce = async (): Promise<void> => {
    const source = wanted
    store.setState({ state: 'saving' }, true)
    const answer = await options.save({ baseRevision: revision, source })
    switch (answer.kind) {
      case 'saved':
        revision = answer.revision
        saved = source
        store.setState(wanted === saved ? { state: 'saved', at: answer.at } : { state: 'unsaved' }, true)
        return
      case 'conflict':
        store.setState({ state: 'conflict', theirs: { revision: answer.revision, source: answer.source } }, true)
        return
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
    while (wanted !== saved && store.getState().state !== 'conflict') {
      underWay = saveOnce().finally(() => {
        underWay = null
      })
      await underWay
      if (store.getState().state === 'failed') return false
    }
    return wanted === saved
  }

  return Object.assign(store, {
    change(source: string) {
      if (source === wanted) return
      wanted = source
      const { state } = store.getState()
      if (state === 'conflict') return
      if (state !== 'saving')
        store.setState(wanted === saved ? { state: 'saved', at: Date.now() } : { state: 'unsaved' }, true)
      later(delay)
    },
    flush,
    takeTheirs() {
      const state = store.getState()
      if (state.state !== 'conflict') return null
      revision = state.theirs.revision
      saved = state.theirs.source
      wanted = saved
      store.setState({ state: 'saved', at: Date.now() }, true)
      return saved
    },
    async keepMine() {
      const state = store.getState()
      if (state.state !== 'conflict') return wanted === saved
      revision = state.theirs.revision
      saved = state.theirs.source
      store.setState({ state: 'unsaved' }, true)
      return flush()
    },
    adopt(theirs: { revision: number; source: string; at: number }) {
      if (store.getState().state !== 'saved' || theirs.revision <= revision) return false
      revision = theirs.revision
      saved = theirs.source
      wanted = saved
      store.setState({ state: 'saved', at: theirs.at }, true)
      return true
    },
    revision: () => revision,
    stop() {
      if (timer) clearTimeout(timer)
      timer = null
    },
  })
}
