/** A report as a PDF: text that can be searched, charts as vectors, fonts inside. Nothing is fetched. */
import type { EvidenceQuery } from '@tenon/runbook'
import { omittedLine, type Block, type TableBlock } from '../../../report/content/report-document.ts'
import { formatDuration } from '../../../ui/time-format.ts'
import { colours, createPdfCanvas, lineHeight, type PdfCanvas, type PrintStyle } from './pdf-canvas.ts'
import { drawChart, drawWaterfall } from './pdf-chart.ts'
import type { PdfFonts } from './pdf-fonts.ts'

const text: PrintStyle = { size: 9.5, weight: 'regular', colour: colours.ink }
const quiet: PrintStyle = { ...text, size: 8.5, colour: colours.third }
const cell: PrintStyle = { ...text, size: 8 }
/** What is longer is read in Tenon. */
const mostCharacters = 4_000
const mostCellCharacters = 1_000

export interface ReportPdfOptions {
  fonts: PdfFonts
  /** Page of the report, at the foot of each page. */
  link: string
  madeAt: number
}

/** @returns the bytes of the file */
export async function reportPdf(blocks: readonly Block[], { fonts, link, madeAt }: ReportPdfOptions): Promise<Buffer> {
  const title = blocks.find((block) => block.kind === 'title')?.text ?? 'Report'
  const canvas = createPdfCanvas(fonts, { title, madeAt })
  for (const [index, block] of blocks.entries()) {
    if (block.kind === 'heading') canvas.need(heightAhead(blocks, index))
    draw(canvas, block)
  }
  const missing = canvas.missing()
  if (missing.length > 0) {
    canvas.y += 6
    canvas.write(
      `${missing.length} signs of this report are in none of the fonts of this PDF and are drawn as empty boxes. The Markdown export has them; whoever runs the server can add fonts with TENON_PDF_FONTS.`,
      { ...quiet, colour: colours.inconclusive },
    )
  }
  return canvas.finish(link)
}

function draw(canvas: PdfCanvas, block: Block): void {
  switch (block.kind) {
    case 'title':
      canvas.write(cut(block.text), { ...text, size: 16, weight: 'bold' })
      canvas.y += 4
      return
    case 'heading': {
      const style: PrintStyle = { ...text, size: block.level === 2 ? 12 : 10, weight: 'bold' }
      canvas.y += block.level === 2 ? 12 : 6
      canvas.write(cut(block.text), style)
      canvas.y += 3
      return
    }
    case 'paragraph':
      drawParagraph(canvas, block)
      return
    case 'list':
      for (const [index, item] of block.items.entries()) {
        canvas.need(lineHeight(text))
        canvas.label(block.ordered ? `${index + 1}.` : '·', canvas.left, canvas.y, text)
        canvas.write(cut(item.text), text, { indent: 14 })
        for (const detail of item.details)
          canvas.write(cut(detail), { ...quiet, colour: colours.second }, { indent: 24 })
        canvas.y += 2
      }
      return
    case 'facts':
      for (const { label, value } of block.items) {
        canvas.need(lineHeight(text))
        const lines = canvas.lines(label, quiet, 100).slice(0, 1)
        canvas.draw(lines, { x: canvas.left, y: canvas.y + 0.7, width: 100 }, quiet)
        canvas.write(cut(value), text, { indent: 110 })
      }
      canvas.y += 3
      return
    case 'table':
      drawTable(canvas, block)
      return
    case 'chart':
      drawChart(canvas, block.evidence)
      drawTable(canvas, block.table)
      return
    case 'waterfall':
      drawWaterfall(canvas, block.evidence)
      drawTable(canvas, block.table)
      return
    case 'query':
      drawQuery(canvas, block.query)
      return
    case 'link':
      canvas.write(`${block.text}: ${block.url}`, { ...text, colour: colours.accent }, { link: block.url })
      return
  }
}

/** A heading stays with the beginning of what it is of. */
function heightAhead(blocks: readonly Block[], from: number): number {
  let height = 0
  for (const block of blocks.slice(from, from + 4)) {
    if (block.kind === 'chart' || block.kind === 'waterfall') return height + 160
    if (block.kind !== 'heading' && block.kind !== 'paragraph') break
    height += block.kind === 'heading' ? 30 : 18
  }
  return height + 40
}

function drawParagraph(canvas: PdfCanvas, block: Extract<Block, { kind: 'paragraph' }>): void {
  const said = cut(block.text)
  switch (block.look) {
    case 'plain':
      canvas.write(said, text)
      break
    case 'strong':
      canvas.write(said, { ...text, weight: 'bold' })
      break
    case 'quiet':
      canvas.write(said, quiet)
      break
    case 'warning': {
      const style: PrintStyle = { ...text, weight: 'bold', colour: colours.inconclusive }
      const lines = canvas.lines(said, style, canvas.width - 20)
      const height = lines.length * lineHeight(style) + 8
      canvas.need(height)
      canvas.doc.rect(canvas.left, canvas.y, canvas.width, height).fillColor(colours.inconclusiveTint).fill()
      canvas.draw(lines, { x: canvas.left + 10, y: canvas.y + 4, width: canvas.width - 20 }, style)
      canvas.y += height
    }
  }
  canvas.y += 4
}

/** Columns as wide as what is in them asks for, within the page; a row is never cut by the end of a page unless it is longer than one. */
function drawTable(canvas: PdfCanvas, table: TableBlock): void {
  const widths = columnWidths(canvas, table)
  const pad = 4
  const row = (cells: readonly string[], style: PrintStyle, fill: string | null): void => {
    const lines = cells.map((each, index) =>
      canvas.lines(cut(each, mostCellCharacters), style, (widths[index] ?? 0) - 2 * pad).slice(0, 40),
    )
    const height = Math.max(...lines.map(({ length }) => length), 1) * lineHeight(style) + 5
    canvas.need(height)
    if (fill !== null) canvas.doc.rect(canvas.left, canvas.y, canvas.width, height).fillColor(fill).fill()
    let x = canvas.left
    for (const [index, cellLines] of lines.entries()) {
      const width = widths[index] ?? 0
      const align = table.columns[index]?.isNumber ? 'right' : 'left'
      canvas.draw(cellLines, { x: x + pad, y: canvas.y + 2.5, width: width - 2 * pad }, { ...style, align })
      x += width
    }
    canvas.y += height
    canvas.doc
      .moveTo(canvas.left, canvas.y)
      .lineTo(canvas.left + canvas.width, canvas.y)
      .lineWidth(0.4)
      .strokeColor(colours.line)
      .stroke()
  }
  row(
    table.columns.map(({ label }) => label),
    { ...cell, colour: colours.third },
    colours.sunken,
  )
  for (const each of table.rows) row(each, cell, null)
  canvas.y += 4
  if (table.omitted > 0) canvas.write(omittedLine(table.omitted), quiet)
}

function columnWidths(canvas: PdfCanvas, { columns, rows }: TableBlock): number[] {
  const wanted = columns.map(({ label }, index) => {
    const cells = [label, ...rows.slice(0, 30).map((row) => row[index] ?? '')]
    const wide = cells.map((each) => {
      const [line = []] = canvas.lines(each.slice(0, 80), cell, 4_000)
      return line.reduce((sum, { width }) => sum + width, 0)
    })
    return Math.max(30, ...wide) + 10
  })
  const sum = wanted.reduce((a, b) => a + b, 0)
  if (sum <= canvas.width) {
    // What is left goes to the last column of words.
    const last = columns.findLastIndex(({ isNumber }) => !isNumber)
    return wanted.map((width, index) => (index === Math.max(0, last) ? width + canvas.width - sum : width))
  }
  // Narrow columns keep what they need; wide ones share the rest.
  const fair = canvas.width / columns.length
  const narrow = wanted.filter((width) => width <= fair).reduce((a, b) => a + b, 0)
  const wide = sum - narrow
  return wanted.map((width) => (width <= fair ? width : (width / wide) * (canvas.width - narrow)))
}

function drawQuery(canvas: PdfCanvas, { source, from, to, stepSeconds, expression }: EvidenceQuery): void {
  canvas.write(`Query of ${source}, ${from} to ${to}, each ${formatDuration(stepSeconds * 1000)}:`, quiet)
  canvas.write(cut(expression), { ...cell, colour: colours.second }, { indent: 8 })
  canvas.y += 5
}

const cut = (said: string, most = mostCharacters): string => (said.length > most ? `${said.slice(0, most)}…` : said)
