/** CSV as RFC 4180 has it, safe to open in a spreadsheet. */

/** A spreadsheet takes what begins so for a formula, which may call out. */
const formula = /^[=+\-@\t\r]/

/**
 * One record with its line end. What a spreadsheet would calculate gets an apostrophe in front; null is empty.
 *
 * @example csvRecord(['a "b"', null, '=1+1']) // '"a ""b""",,\'=1+1\r\n'
 */
export function csvRecord(cells: readonly (string | number | boolean | null)[]): string {
  return `${cells.map(cell).join(',')}\r\n`
}

function cell(value: string | number | boolean | null): string {
  if (value === null) return ''
  const text = String(value)
  const safe = formula.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
