import { FileDown, FileText, Printer } from 'lucide-react'

/** The entries of a menu that take a report along. */
export function exportItems(download: (format: 'markdown' | 'pdf') => void) {
  return [
    {
      label: 'Export as Markdown',
      icon: <FileText aria-hidden className="size-3.5" />,
      onSelect: () => download('markdown'),
    },
    { label: 'Export as PDF', icon: <FileDown aria-hidden className="size-3.5" />, onSelect: () => download('pdf') },
    { label: 'Print', icon: <Printer aria-hidden className="size-3.5" />, onSelect: () => window.print() },
  ]
}
