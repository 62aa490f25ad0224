/** How many groups an answer gives, and what is said of those that it leaves out. */
import type { ComputeAsk } from './ask.ts'

export const wantedGroups = ({ limits, top }: ComputeAsk): number => Math.min(limits.rows, top?.count ?? limits.rows)

/** @example "10 of 312 groups are shown: those with the most errors." */
export function shownNote({ top }: ComputeAsk, shown: number, total: number): string {
  return `${shown} of ${total} groups are shown${top ? `: those with the ${top.order} ${top.by}` : ''}.`
}
