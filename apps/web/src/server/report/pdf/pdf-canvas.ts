/** The pages of a PDF with a place to write at; what does not fit goes onto the next page. */
import PDFDocument from 'pdfkit'
import type { PdfFonts } from './pdf-fonts.ts'
import { runsOf, runsWidth, textLines, type TextLine, type TextMeasure, type TextStyle } from './pdf-text.ts'

/** A4, in points. */
const page = { width: 595.28, height: 841.89, side: 46, top: 46, bottom: 58 }

export const colours = {
  ink: '#12161c',
  second: '#4b5563',
  third: '#5f6b7c',
  line: '#d3d8e0',
  sunken: '#f4f5f8',
  band: '#e6e9ef',
  bar: '#d3d8e0',
  accent: '#3b5bdb',
  abnormal: '#c02b27',
  normal: '#17763f',
  inconclusive: '#955500',
  inconclusiveTint: '#fff4e0',
  change: '#b4470b',
  alert: '#1863bd',
} as const

/** Of the lines of one chart, in order. */
export const lineColours = ['#3b5bdb', '#0b7285', '#b4470b', '#6b3fd4', '#955500', '#17763f'] as const

export interface PrintStyle extends TextStyle {
  colour: string
  align?: 'left' | 'right' | 'centre'
}

export interface PdfCanvas {
  doc: PDFKit.PDFDocument
  left: number
  width: number
  /** Where the next thing begins, from the top of the page. */
  y: number
  /** A new page unless so much is left. More than a page holds is never asked for. */
  need(height: number): void
  lines(text: string, style: TextStyle, width?: number): TextLine[]
  /** Draws lines with their tops from `y` on; does not move the place. @returns their height */
  draw(lines: readonly TextLine[], place: { x: number; y: number; width: number }, style: PrintStyle): number
  /** Text over the width, line by line over pages; moves the place. */
  write(text: string, style: PrintStyle, options?: { indent?: number; link?: string }): void
  /** One line at a place, not wrapped. */
  label(text: string, x: number, y: number, style: PrintStyle): void
  missing(): string[]
  finish(footer: string): Promise<Buffer>
}

/** Figures of one width: a point after a seven stays to be seen, and columns stand under one another. */
const figures: PDFKit.Mixins.OpenTypeFeatures[] = ['tnum']

export const lineHeight = ({ size }: Pick<TextStyle, 'size'>): number => size * 1.42

export function createPdfCanvas(fonts: PdfFonts, { title, madeAt }: { title: string; madeAt: number }): PdfCanvas {
  const doc = new PDFDocument({
    size: [page.width, page.height],
    margin: 0,
    bufferPages: true,
    autoFirstPage: true,
    lang: 'en',
    displayTitle: true,
    // No font of the reader's machine is used, so none is prepared.
    font: '',
    info: { Title: title.slice(0, 200), Creator: 'Tenon', CreationDate: new Date(madeAt) },
  })
  for (const { name, bytes } of fonts.faces) doc.registerFont(name, bytes)
  const missing = new Set<string>()
  const widths = new Map<string, number>()
  const measure: TextMeasure = {
    fonts,
    onMissing: (sign) => missing.add(sign),
    widthOf(text, face, size) {
      const key = `${face} ${text}`
      let width = widths.get(key)
      if (width === undefined) {
        width = doc.font(face).fontSize(100).widthOfString(text, { features: figures }) / 100
        widths.set(key, width)
      }
      return width * size
    },
  }
  const bottom = page.height - page.bottom

  const canvas: PdfCanvas = {
    doc,
    left: page.side,
    width: page.width - 2 * page.side,
    y: page.top,
    need(height) {
      if (canvas.y + Math.min(height, bottom - page.top) <= bottom) return
      doc.addPage()
      canvas.y = page.top
    },
    lines: (text, style, width = canvas.width) => textLines(measure, text, style, width),
    draw(lines, { x, y, width }, style) {
      for (const [index, line] of lines.entries()) drawLine(line, x, y + index * lineHeight(style), width, style)
      return lines.length * lineHeight(style)
    },
    write(text, style, { indent = 0, link } = {}) {
      const width = canvas.width - indent
      for (const line of textLines(measure, text, style, width)) {
        canvas.need(lineHeight(style))
        drawLine(line, canvas.left + indent, canvas.y, width, style)
        if (link) doc.link(canvas.left + indent, canvas.y, runsWidth(line), lineHeight(style), link)
        canvas.y += lineHeight(style)
      }
    },
    label(text, x, y, style) {
      drawLine(runsOf(measure, text, style), x, y, 0, style)
    },
    missing: () => [...missing],
    async finish(footer) {
      const { count } = doc.bufferedPageRange()
      const style: PrintStyle = { size: 7.5, weight: 'regular', colour: colours.third }
      const [line = []] = textLines(measure, footer, style, canvas.width - 60)
      for (let index = 0; index < count; index += 1) {
        doc.switchToPage(index)
        drawLine(line, page.side, page.height - 36, 0, style)
        drawLine(runsOf(measure, `${index + 1} / ${count}`, style), page.side, page.height - 36, canvas.width, {
          ...style,
          align: 'right',
        })
      }
      const chunks: Buffer[] = []
      const done = new Promise<Buffer>((resolve, reject) => {
        doc.on('data', (chunk: Buffer) => chunks.push(chunk))
        doc.on('end', () => resolve(Buffer.concat(chunks)))
        doc.on('error', reject)
      })
      doc.end()
      return done
    },
  }

  function drawLine(line: TextLine, x: number, y: number, width: number, style: PrintStyle): void {
    const wide = runsWidth(line)
    let at = x + (style.align === 'right' ? width - wide : style.align === 'centre' ? (width - wide) / 2 : 0)
    for (const run of line) {
      if (run.text.trim() !== '') {
        doc
          .font(run.face)
          .fontSize(style.size)
          .fillColor(style.colour)
          .text(run.text, at, y, { lineBreak: false, features: figures })
      }
      at += run.width
    }
  }
  return canvas
}
