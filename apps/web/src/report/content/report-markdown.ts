/** A report as Markdown (CommonMark with GitHub's tables). Whatever a name, a label or a query holds, it stays text of its own place. Pure. */
import type { EvidenceQuery } from '@tenon/runbook'
import { formatDuration } from '../../ui/time-format.ts'
import { omittedLine, type Block, type TableBlock } from './report-document.ts'

/** A text that is longer is cut; the whole of it is in Tenon. */
const mostCharacters = 4_000
const mostQueryCharacters = 20_000

/** @returns text that ends in one newline. */
export function reportMarkdown(blocks: readonly Block[]): string {
  return `${blocks.map(blockText).join('\n\n')}\n`
}

function blockText(block: Block): string {
  switch (block.kind) {
    case 'title':
      return `# ${inline(block.text)}`
    case 'heading':
      return `${'#'.repeat(block.level)} ${inline(block.text)}`
    case 'paragraph':
      return paragraphText(block)
    case 'list':
      return block.items
        .map(({ text, details }, index) => {
          const mark = block.ordered ? `${index + 1}.` : '-'
          const indent = ' '.repeat(mark.length + 1)
          return [`${mark} ${inline(text)}`, ...details.map((detail) => `${indent}- ${inline(detail)}`)].join('\n')
        })
        .join('\n')
    case 'facts':
      return block.items.map(({ label, value }) => `- **${inline(label)}:** ${inline(value)}`).join('\n')
    case 'table':
      return tableText(block)
    case 'chart': {
      const marks = block.marks.map((mark) => `- ${inline(mark)}`).join('\n')
      return marks === '' ? tableText(block.table) : `${tableText(block.table)}\n\n${marks}`
    }
    case 'waterfall':
      return tableText(block.table)
    case 'query':
      return queryText(block.query)
    case 'link':
      return `[${inline(block.text)}](${address(block.url)})`
  }
}

function paragraphText({ text, look }: Extract<Block, { kind: 'paragraph' }>): string {
  const paragraphs = text
    .split(/\r?\n\s*\r?\n/)
    .map(inline)
    .filter((each) => each !== '')
  switch (look) {
    case 'plain':
    case 'quiet':
      return paragraphs.join('\n\n')
    case 'strong':
      return paragraphs.map((each) => `**${each}**`).join('\n\n')
    case 'warning':
      return paragraphs.map((each) => `> ${each}`).join('\n>\n')
  }
}

function tableText({ columns, rows, omitted }: TableBlock): string {
  const line = (cells: string[]): string => `| ${cells.join(' | ')} |`
  const lines = [
    line(columns.map(({ label }) => inline(label))),
    line(columns.map(({ isNumber }) => (isNumber ? '---:' : '---'))),
    ...rows.map((row) => line(row.map(inline))),
  ]
  return omitted === 0 ? lines.join('\n') : `${lines.join('\n')}\n\n${omittedLine(omitted)}`
}

function queryText({ source, expression, from, to, stepSeconds }: EvidenceQuery): string {
  const text = cut(withoutControls(expression.replaceAll(/\r\n?/g, '\n'), true), mostQueryCharacters)
  // A fence that is longer than every run of its own sign inside cannot be closed from there.
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const head = `Query of ${source}, ${from} to ${to}, each ${formatDuration(stepSeconds * 1000)}:`
  return `${inline(head)}\n\n${fence}\n${text}\n${fence}`
}

/**
 * Text on one line, with every sign that means something to Markdown or HTML escaped. A backslash before ASCII punctuation always stands for the sign
 * itself (CommonMark 0.31, 2.4), in tables too; it also keeps an address in the text from becoming a link.
 */
function inline(text: string): string {
  const line = cut(withoutControls(text, false).replaceAll(/\s+/g, ' ').trim(), mostCharacters)
  return line
    .replaceAll(/[\\`*_{}[\]|~$!]/g, '\\$&')
    .replaceAll(/[&<>]/g, (sign) => entities[sign] ?? sign)
    .replaceAll(/\b(https?|ftp|mailto|xmpp):/gi, '$1\\:')
    .replaceAll(/\bwww\./gi, (start) => `${start.slice(0, 3)}\\.`)
    .replace(/^([-+](?=[\s+-]|$)|[=#])/, '\\$1')
    .replace(/^(\d{1,9})([.)])(?=\s|$)/, '$1\\$2')
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** An address of our own server in parentheses. */
function address(url: string): string {
  return encodeURI(withoutControls(url, false)).replaceAll(
    /[()<>\s]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
}

function cut(text: string, most: number): string {
  if (text.length <= most) return text
  // Not between the halves of one sign.
  const end = /[\uD800-\uDBFF]/.test(text.charAt(most - 1)) ? most - 1 : most
  return `${text.slice(0, end)}…`
}

/** Control signs, halves of signs, and those that turn the direction of what follows, are never meant. */
function withoutControls(text: string, keepLines: boolean): string {
  return text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\u2028\u2029]/gu, (sign) => (keepLines && (sign === '\n' || sign === '\t') ? sign : ' '))
    .replaceAll(/[\u202A-\u202E\u2066-\u2069]/g, '')
}
