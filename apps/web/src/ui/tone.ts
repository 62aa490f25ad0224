/** One table of tones: what a verdict, outcome or state looks like. Colour comes always with a shape and a word. */
import type { ShapeName } from './shape.tsx'

export type Tone =
  | 'normal'
  | 'done'
  | 'abnormal'
  | 'inconclusive'
  | 'running'
  | 'waiting'
  | 'neutral'
  | 'skipped'
  | 'cancelled'
  | 'warning'

export interface ToneLook {
  shape: ShapeName
  /** Text colour. */
  text: string
  /** Text on its tint. */
  chip: string
  /** Solid fill, for bars. */
  fill: string
  /** Stroke, for lines in SVG. */
  stroke: string
  /** CSS variable, for canvas drawing. */
  variable: string
}

export const toneLooks: Record<Tone, ToneLook> = {
  normal: {
    shape: 'check',
    text: 'text-normal',
    chip: 'bg-normal-tint text-normal',
    fill: 'fill-normal',
    stroke: 'stroke-normal',
    variable: '--normal',
  },
  done: {
    shape: 'check',
    text: 'text-second',
    chip: 'bg-neutral-tint text-second',
    fill: 'fill-bar',
    stroke: 'stroke-third',
    variable: '--third',
  },
  abnormal: {
    shape: 'triangle',
    text: 'text-abnormal',
    chip: 'bg-abnormal-tint text-abnormal',
    fill: 'fill-abnormal',
    stroke: 'stroke-abnormal',
    variable: '--abnormal',
  },
  inconclusive: {
    shape: 'question',
    text: 'text-inconclusive',
    chip: 'bg-inconclusive-tint text-inconclusive outline-dashed outline-1 -outline-offset-1 outline-inconclusive/50',
    fill: 'fill-inconclusive',
    stroke: 'stroke-inconclusive',
    variable: '--inconclusive',
  },
  running: {
    shape: 'ring',
    text: 'text-running',
    chip: 'bg-running-tint text-running',
    fill: 'fill-running',
    stroke: 'stroke-running',
    variable: '--running',
  },
  waiting: {
    shape: 'hand',
    text: 'text-running',
    chip: 'bg-running-tint text-running',
    fill: 'fill-running',
    stroke: 'stroke-running',
    variable: '--running',
  },
  neutral: {
    shape: 'dot',
    text: 'text-second',
    chip: 'bg-neutral-tint text-second',
    fill: 'fill-bar',
    stroke: 'stroke-third',
    variable: '--third',
  },
  skipped: {
    shape: 'dash',
    text: 'text-third',
    chip: 'bg-neutral-tint text-third',
    fill: 'fill-bar',
    stroke: 'stroke-third',
    variable: '--third',
  },
  cancelled: {
    shape: 'cross',
    text: 'text-second',
    chip: 'bg-neutral-tint text-second',
    fill: 'fill-bar',
    stroke: 'stroke-third',
    variable: '--third',
  },
  // Of a notice, which is no verdict.
  warning: {
    shape: 'triangle',
    text: 'text-act',
    chip: 'bg-act-tint text-act',
    fill: 'fill-act',
    stroke: 'stroke-act',
    variable: '--act',
  },
}
