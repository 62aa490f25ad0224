/** Text in lines of a width, in whichever fonts its signs need. Pure but for its measure. */
import type { PdfFonts, Weight } from './pdf-fonts.ts'

export interface TextRun {
  face: string
  text: string
  width: number
}

export type TextLine = readonly TextRun[]

export interface TextMeasure {
  fonts: PdfFonts
  /** Points. */
  widthOf(text: string, face: string, size: number): number
  /** Told of each sign that no font has. */
  onMissing(sign: string): void
}

export interface TextStyle {
  size: number
  weight: Weight
}

/** At least one line; words that are wider than a line are broken, lines that the text has stay. */
export function textLines(measure: TextMeasure, text: string, style: TextStyle, width: number): TextLine[] {
  return clean(text)
    .split('\n')
    .flatMap((line) => wrap(measure, line, style, width))
}

function wrap(measure: TextMeasure, line: string, style: TextStyle, width: number): TextLine[] {
  const lines: TextLine[] = []
  let words: string[] = []
  let used = 0
  const space = runsWidth(runsOf(measure, ' ', style))
  const flush = (): void => {
    lines.push(runsOf(measure, words.join(' '), style))
    words = []
    used = 0
  }
  for (const word of line.split(' ')) {
    for (const part of fitting(measure, word, style, width)) {
      const wide = runsWidth(runsOf(measure, part, style))
      if (words.length > 0 && used + space + wide > width) flush()
      used += words.length > 0 ? space + wide : wide
      words.push(part)
    }
  }
  flush()
  return lines
}

/** A word as it is, or in pieces that fit: names of measures and scripts without spaces are long. */
function fitting(measure: TextMeasure, word: string, style: TextStyle, width: number): string[] {
  if (runsWidth(runsOf(measure, word, style)) <= width) return [word]
  const pieces: string[] = []
  let piece = ''
  let used = 0
  for (const { segment } of segments.segment(word)) {
    const wide = runsWidth(runsOf(measure, segment, style))
    if (piece !== '' && used + wide > width) {
      pieces.push(piece)
      piece = ''
      used = 0
    }
    piece += segment
    used += wide
  }
  return [...pieces, piece]
}

/** Signs of ours that a font may lack, in signs that each has. */
const writtenOut: Readonly<Record<string, string>> = {
  '→': '->',
  '←': '<-',
  '↔': '<->',
  '⇒': '=>',
  '≤': '<=',
  '≥': '>=',
  '≠': '!=',
  '≈': '~',
  '×': 'x',
  '\u00A0': ' ',
  '\u202F': ' ',
}

const segments = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Neighbouring signs of one face together. */
export function runsOf(measure: TextMeasure, text: string, { size, weight }: TextStyle): TextRun[] {
  // By far the most text, and each sign of it is in one face.
  if (/^[ -~]*$/.test(text)) {
    const face = measure.fonts.faceOf(0x20, weight).name
    return text === '' ? [] : [{ face, text, width: measure.widthOf(text, face, size) }]
  }
  const runs: { face: string; text: string }[] = []
  for (const { segment } of segments.segment(text)) {
    const found = measure.fonts.faceOf(segment.codePointAt(0) ?? 0x20, weight)
    const written = found.isMissing ? writtenOut[segment] : undefined
    const { name, isMissing } = written === undefined ? found : measure.fonts.faceOf(0x2d, weight)
    if (isMissing) measure.onMissing(segment)
    const last = runs.at(-1)
    if (last?.face === name) last.text += written ?? segment
    else runs.push({ face: name, text: written ?? segment })
  }
  return runs.map((run) => ({ ...run, width: measure.widthOf(run.text, run.face, size) }))
}

export const runsWidth = (runs: readonly TextRun[]): number => runs.reduce((sum, { width }) => sum + width, 0)

/** A tabulator is a space; other control signs, halves of signs and signs that turn the direction are never meant. */
function clean(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[\p{Cc}\u2028\u2029]/gu, (sign) => (sign === '\n' ? '\n' : ' '))
    .replaceAll(/[\u202A-\u202E\u2066-\u2069\uFEFF]/g, '')
}
