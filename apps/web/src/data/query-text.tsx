'use client'
import { Copy } from 'lucide-react'
import { Button } from '../ui/button.tsx'
import { copyText } from '../ui/copy-text.ts'

/** Exactly what was asked, to be read and copied. */
export function QueryText({ text }: { text: string }) {
  return (
    <div className="mt-2">
      <Button
        size="small"
        icon={<Copy aria-hidden className="size-3.5" />}
        onClick={() => copyText(text, 'Query copied')}
      >
        Copy
      </Button>
      <pre className="mt-2 max-h-72 overflow-auto rounded-md border border-line bg-sunken p-2 font-mono text-sm break-words whitespace-pre-wrap">
        {text}
      </pre>
    </div>
  )
}
