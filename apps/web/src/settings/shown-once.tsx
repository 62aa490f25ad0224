'use client'
import { Copy } from 'lucide-react'
import { toast } from 'sonner'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'

/** A token or link that can be read only now. */
export function ShownOnce({
  title,
  text,
  value,
  close,
}: {
  title: string
  text: string
  value: string
  close: () => void
}) {
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(value)
      toast.success('Copied')
    } catch {
      toast.error('The browser did not allow copying', { description: 'Select the text and copy it.' })
    }
  }
  return (
    <Dialog
      open
      onOpenChange={close}
      size="medium"
      title={title}
      description={text}
      footer={
        <>
          <Button onClick={close}>Done</Button>
          <Button variant="primary" icon={<Copy aria-hidden className="size-3.5" />} onClick={() => void copy()}>
            Copy
          </Button>
        </>
      }
    >
      <code className="block rounded-lg border border-line bg-sunken p-3 font-mono text-sm break-all select-all">
        {value}
      </code>
    </Dialog>
  )
}
