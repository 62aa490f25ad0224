/** How quantities are written: always with their unit, never with more digits than they deserve. */

/** "0.94", "12.3", "4,210": about three significant digits. */
export function formatNumber(value: number): string {
  const size = Math.abs(value)
  const digits = size >= 100 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : size >= 0.1 || size === 0 ? 2 : 3
  return withMinus(value.toLocaleString('en-GB', { maximumFractionDigits: digits }))
}

/** 0.882 -> "88.2 %". */
export function formatPercent(share: number, digits = 1): string {
  return withMinus(`${(share * 100).toFixed(digits)} %`)
}

/** -0.118 -> "−11.8 %", 0.006 -> "+0.6 %". A rounded zero has no sign. */
export function formatChange(share: number, digits = 1): string {
  const text = (share * 100).toFixed(digits)
  if (Number(text) === 0) return `${(0).toFixed(digits)} %`
  return withMinus(`${share > 0 ? '+' : ''}${text} %`)
}

/** A value in its measure's unit. `ratio` is written as per cent and short times in milliseconds. */
export function formatQuantity(value: number | null | undefined, unit: string): string {
  if (value === null || value === undefined || Number.isNaN(value)) return 'no data'
  switch (unit) {
    case 'ratio':
    case '1':
      return formatPercent(value)
    case '%':
      return withMinus(`${formatNumber(value)} %`)
    case 's':
    case 'seconds':
      return Math.abs(value) < 1 ? `${formatNumber(value * 1000)} ms` : `${formatNumber(value)} s`
    default:
      return unit ? `${formatNumber(value)} ${unit}` : formatNumber(value)
  }
}

/** Units that are short enough to stand at each figure of an axis; others stand once, in the legend. */
export function fitsOnAxis(unit: string): boolean {
  return ['ratio', '1', '%', 's', 'seconds', 'ms'].includes(unit)
}

/** Figures stay on one line with their unit: "60 s", "12.1 %". */
export function keepUnits(text: string): string {
  return text.replaceAll(/(\d) (?=(?:%|ms|s|min|h|d|points?|of)(?![\p{L}]))/gu, '$1\u00A0')
}

/** One and many: `plural(3, 'order')` -> "3 orders". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-GB')} ${count === 1 ? one : many}`
}

/** A true minus sign: it is as wide as the plus and does not break from its figure. */
function withMinus(text: string): string {
  return text.replace(/^-/, '−')
}
