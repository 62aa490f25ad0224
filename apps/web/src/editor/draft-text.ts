/**
 * The text of a draft beside its document. What people write as text is kept as they wrote it; what the canvas changes is written into that text, so
 * that comments stay.
 */
import { editRunbookText, parseRunbook, type RunbookDocument } from '@tenon/runbook'

export interface DraftText {
  /** The text of a document that came out of the draft. */
  of(document: RunbookDocument): string
  /** A person wrote the text, or it came from the server: from here on it is what the canvas changes. */
  set(text: string, document: RunbookDocument | null): void
}

/** @param document what `text` says; null when it is no runbook. */
export function createDraftText(text: string, document: RunbookDocument | null): DraftText {
  let last = { text, document }
  return {
    of(wanted) {
      if (wanted !== last.document) last = { text: editRunbookText(last.text, wanted, last.document), document: wanted }
      return last.text
    },
    set(written, meaning) {
      last = { text: written, document: meaning }
    },
  }
}

/**
 * The text of a merged document. It is theirs with the merge written into it, unless only ours has other comments than the common text: then it is ours.
 */
export function mergedText(texts: { base: string; ours: string; theirs: string }, merged: RunbookDocument): string {
  const base = commentsIn(texts.base)
  const oursCommented = commentsIn(texts.ours) !== base && commentsIn(texts.theirs) === base
  return editRunbookText(oursCommented ? texts.ours : texts.theirs, merged)
}

const commentsIn = (text: string): string =>
  (text.match(/(^|\s)#.*$/gm) ?? []).map((comment) => comment.trim()).join('\n')

/** The document of a text; null when it has none. */
export const documentOf = (source: string): RunbookDocument | null => parseRunbook(source).document
