/** A chart and a waterfall as vectors. */
import { fitsOnAxis, formatChange, formatPercent, formatQuantity } from '../../../ui/figures.ts'
import { valueRange, type SeriesEvidence } from '../../../ui/evidence/chart-data.ts'
import { waterfallLayout, type WaterfallEvidence } from '../../../ui/evidence/waterfall-geometry.ts'
import { formatAxisTime, formatClock } from '../../../ui/time-format.ts'
import { markText } from '../../../report/content/report-document.ts'
import { niceTicks, timeTicks } from './pdf-ticks.ts'
import { colours, lineColours, type PdfCanvas, type PrintStyle } from './pdf-canvas.ts'

const small: PrintStyle = { size: 7.5, weight: 'regular', colour: colours.third }
const chartHeight = 120

/** Lines in their expected band with all marks, and what is what below. Without a value it says so. */
export function drawChart(canvas: PdfCanvas, evidence: SeriesEvidence): void {
  const { doc } = canvas
  const values = evidence.series.flatMap(({ points }) =>
    points.map(([, value]) => value).filter((value) => value !== null),
  )
  const times = evidence.series.flatMap(({ points }) => points.map(([at]) => at))
  if (values.length === 0) {
    canvas.write('No data in this window.', { size: 9, weight: 'regular', colour: colours.inconclusive })
    return
  }
  canvas.need(chartHeight + 34)
  const band = evidence.band ?? []
  const [from, to] = [least(times), most(times)]
  const [low, high] = valueRange(
    least([...values, ...band.map(([, bottom]) => bottom)]),
    most([...values, ...band.map(([, , top]) => top)]),
  )
  const box = { x: canvas.left + 52, y: canvas.y + 4, width: canvas.width - 52, height: chartHeight - 22 }
  const x = (at: number): number => box.x + ((at - from) / Math.max(1, to - from)) * box.width
  const y = (value: number): number => box.y + box.height - ((value - low) / (high - low)) * box.height

  for (const value of niceTicks(low, high)) {
    doc
      .moveTo(box.x, y(value))
      .lineTo(box.x + box.width, y(value))
      .lineWidth(0.4)
      .strokeColor(colours.line)
      .stroke()
    const figure = formatQuantity(value, fitsOnAxis(evidence.unit) ? evidence.unit : '')
    canvas.draw(
      canvas.lines(figure, small, 200).slice(0, 1),
      { x: canvas.left, y: y(value) - 5, width: 46 },
      { ...small, align: 'right' },
    )
  }
  doc.save()
  doc.rect(box.x, box.y, box.width, box.height).clip()
  if (band.length > 1) {
    const outline = [
      ...band.map(([at, , top]) => [x(at), y(top)] as const),
      ...band.toReversed().map(([at, bottom]) => [x(at), y(bottom)] as const),
    ]
    const [first, ...more] = outline
    if (first) doc.moveTo(...first)
    for (const point of more) doc.lineTo(...point)
    doc.fillColor(colours.band).fill()
  }
  for (const mark of evidence.marks ?? []) {
    const look = markLooks[mark.kind]
    doc
      .moveTo(x(mark.at), box.y)
      .lineTo(x(mark.at), box.y + box.height)
      .lineWidth(look.width)
      .strokeColor(look.colour)
    if (look.dash === 0) doc.undash()
    else doc.dash(look.dash, { space: look.dash })
    doc.stroke().undash()
  }
  for (const [index, line] of evidence.series.entries()) drawLine(doc, line.points, { x, y }, colourOf(evidence, index))
  doc.restore()

  for (const at of timeTicks(from, to)) {
    const place = { x: x(at) - 30, y: box.y + box.height + 4, width: 60 }
    const said = canvas.lines(formatAxisTime(at, 'utc', to - from), small, 60).slice(0, 1)
    if (place.x + 50 < canvas.left + canvas.width) canvas.draw(said, place, { ...small, align: 'centre' })
  }
  canvas.y = box.y + box.height + 18
  drawLegend(canvas, evidence)
}

const markLooks = {
  change: { colour: colours.change, dash: 3, width: 0.8 },
  onset: { colour: colours.abnormal, dash: 0, width: 0.8 },
  alert: { colour: colours.alert, dash: 1.5, width: 1.4 },
} as const

function drawLine(
  doc: PDFKit.PDFDocument,
  points: SeriesEvidence['series'][number]['points'],
  { x, y }: { x: (at: number) => number; y: (value: number) => number },
  colour: string,
): void {
  let open = false
  for (const [index, [at, value]] of points.entries()) {
    if (value === null) {
      open = false
      continue
    }
    if (open) doc.lineTo(x(at), y(value))
    else doc.moveTo(x(at), y(value))
    // A point with no neighbour would vanish.
    if (!open && (points[index + 1]?.[1] ?? null) === null) doc.lineTo(x(at) + 0.8, y(value))
    open = true
  }
  doc.lineWidth(1).strokeColor(colour).lineJoin('round').stroke()
}

/** Names, marks and the unit on as many lines as they need. */
function drawLegend(canvas: PdfCanvas, evidence: SeriesEvidence): void {
  const entries: { text: string; colour: string }[] = [
    ...evidence.series.map(({ name }, index) => ({ text: name, colour: colourOf(evidence, index) })),
    ...(evidence.marks ?? []).map((mark) => ({
      text: `${markText(mark)} ${formatClock(mark.at, 'utc', true)}`,
      colour: markLooks[mark.kind].colour,
    })),
    ...(evidence.band ? [{ text: 'expected range', colour: colours.bar }] : []),
    { text: `UTC${fitsOnAxis(evidence.unit) || evidence.unit === '' ? '' : `, in ${evidence.unit}`}`, colour: '' },
  ]
  let at = canvas.left + 52
  const right = canvas.left + canvas.width
  for (const { text, colour } of entries) {
    const [line = []] = canvas.lines(text, small, right - canvas.left - 80)
    const wide = line.reduce((sum, { width }) => sum + width, 0) + (colour ? 14 : 0)
    if (at + wide > right) {
      at = canvas.left + 52
      canvas.y += 11
      canvas.need(11)
    }
    if (colour)
      canvas.doc
        .rect(at, canvas.y + 4, 9, 2)
        .fillColor(colour)
        .fill()
    canvas.draw([line], { x: at + (colour ? 13 : 0), y: canvas.y, width: wide }, small)
    at += wide + 12
  }
  canvas.y += 14
}

function colourOf({ series, verdict }: SeriesEvidence, index: number): string {
  if (series.length > 1) return lineColours[index % lineColours.length] ?? colours.accent
  return verdict === undefined || verdict === 'normal' ? colours.accent : colours[verdict]
}

/** From expected to now, part by part; the figures stand in the table below it. */
export function drawWaterfall(canvas: PdfCanvas, evidence: WaterfallEvidence): void {
  const { doc } = canvas
  const layout = waterfallLayout(evidence)
  const height = 84
  canvas.need(height + 48)
  const span = layout.ceiling - layout.floor || 1
  const y = (level: number): number => canvas.y + 4 + ((layout.ceiling - Math.max(level, layout.floor)) / span) * height
  const column = canvas.width / layout.bars.length
  for (const [index, bar] of layout.bars.entries()) {
    const isWhole = bar.kind === 'expected' || bar.kind === 'actual'
    const top = isWhole ? y(bar.to) : Math.min(y(bar.from), y(bar.to))
    const tall = Math.max(2, isWhole ? canvas.y + 4 + height - top : Math.abs(y(bar.from) - y(bar.to)))
    const x = canvas.left + index * column
    doc
      .rect(x + column * 0.14, top, column * 0.72, tall)
      .fillColor(bar.verdict ? colours[bar.verdict] : colours.bar)
      .fill()
    const share = bar.share === null ? '–' : isWhole ? formatPercent(bar.share) : formatChange(bar.share)
    const name = canvas.lines(bar.name, small, column - 4).slice(0, 2)
    const below = canvas.y + height + 8
    canvas.draw(name, { x: x + 2, y: below, width: column - 4 }, { ...small, align: 'centre' })
    const figure: PrintStyle = { ...small, weight: 'bold', colour: colours.ink, align: 'centre' }
    canvas.draw(canvas.lines(share, figure, column).slice(0, 1), { x, y: below + 22, width: column }, figure)
  }
  canvas.y += height + 44
  if (layout.floor > 0) {
    canvas.y += 4
    canvas.write(
      `Bars are cut at ${formatQuantity(layout.floor, evidence.unit)} so that the changes can be seen.`,
      small,
    )
    canvas.y += 3
  }
}

const least = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
const most = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
