'use client'
import { Stethoscope } from 'lucide-react'
import { Button, type ButtonProps } from './button.tsx'
import { useSession } from './session.ts'
import { type DiagnoseAbout, type DiagnoseSubject, useDiagnose } from './use-diagnose.ts'

export interface DiagnoseButtonProps extends Pick<ButtonProps, 'variant' | 'size' | 'shortcut' | 'className'> {
  subject: DiagnoseSubject
  about?: DiagnoseAbout
  /** "Diagnose" without it. */
  label?: string
}

/** From what looks wrong to its report in one press. @example <DiagnoseButton subject={{ kind: 'entity', id: 'payment' }} /> */
export function DiagnoseButton({ subject, about, label = 'Diagnose', size, ...look }: DiagnoseButtonProps) {
  const diagnose = useDiagnose()
  const { lacks } = useSession()
  return (
    <Button
      {...look}
      size={size}
      icon={<Stethoscope aria-hidden className={size === 'small' ? 'size-3.5' : 'size-4'} />}
      busy={diagnose.busy}
      disabledReason={lacks('operator')}
      onClick={() => diagnose.start(subject, about)}
    >
      {label}
    </Button>
  )
}
