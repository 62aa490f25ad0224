'use client'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'

interface ConfirmProps {
  open: boolean
  title: string
  /** The consequence. */
  text: string
  verb: string
  busy: boolean
  close: () => void
  confirm: () => void
}

/** Asks once before what cannot be taken back. */
export function Confirm({ open, title, text, verb, busy, close, confirm }: ConfirmProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={close}
      title={title}
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button variant="danger-solid" busy={busy} onClick={confirm}>
            {verb}
          </Button>
        </>
      }
    >
      <p className="text-second">{text}</p>
    </Dialog>
  )
}
