'use client'
import type { ComponentProps, ReactNode } from 'react'
import Link from 'next/link'
import { LoaderCircle } from 'lucide-react'
import { classNames } from './class-names.ts'
import { Key } from './key.tsx'
import { Tip } from './tip.tsx'

type ButtonVariant = 'primary' | 'secondary' | 'ghost' | 'danger' | 'danger-solid'
export type ButtonSize = 'small' | 'medium' | 'large'

interface ButtonLook {
  variant?: ButtonVariant
  size?: ButtonSize
  icon?: ReactNode
  /** Shown as a key cap; bind it with `useShortcut`. */
  shortcut?: string
}

export interface ButtonProps extends Omit<ComponentProps<'button'>, 'disabled'>, ButtonLook {
  /** Work is under way: shows a spinner and takes no second press. */
  busy?: boolean
  /** Why it cannot be pressed now. It stays reachable by keyboard, so that everyone can read why. */
  disabledReason?: string | null | false
}

const looks: Record<ButtonVariant, string> = {
  primary: 'border-transparent bg-accent text-on-accent hover:bg-accent-strong font-medium',
  secondary: 'border-line bg-panel text-ink hover:bg-hover hover:border-line-strong',
  ghost: 'border-transparent bg-transparent text-second hover:bg-hover hover:text-ink',
  danger: 'border-line bg-panel text-abnormal hover:bg-abnormal-tint hover:border-abnormal/40',
  'danger-solid': 'border-transparent bg-abnormal text-panel hover:opacity-90 font-medium',
}
const sizes: Record<ButtonSize, string> = {
  small: 'h-7 px-2.5 text-sm rounded-md gap-1.5',
  medium: 'h-8 px-3 text-base rounded-lg gap-2',
  large: 'h-12 px-5 text-lg rounded-xl gap-2',
}

/** The classes of a button, for what must look like one without being one. */
function buttonClass({ variant = 'secondary', size = 'medium' }: ButtonLook = {}): string {
  return classNames(
    'inline-flex shrink-0 items-center justify-center border whitespace-nowrap select-none transition-colors duration-100',
    'aria-disabled:cursor-not-allowed aria-disabled:opacity-50',
    looks[variant],
    sizes[size],
  )
}

/** @example <Button variant="primary" shortcut="D" busy={start.isPending} onClick={diagnose}>Diagnose</Button> */
export function Button({
  variant,
  size,
  icon,
  shortcut,
  busy,
  disabledReason,
  className,
  children,
  onClick,
  ...rest
}: ButtonProps) {
  const off = Boolean(disabledReason) || busy
  const button = (
    <button
      type="button"
      {...rest}
      aria-disabled={off || undefined}
      aria-busy={busy || undefined}
      className={classNames(buttonClass({ variant, size }), className)}
      onClick={(event) => {
        if (off) event.preventDefault()
        else onClick?.(event)
      }}
    >
      {busy ? <LoaderCircle aria-hidden className="size-3.5 animate-spin" /> : icon}
      {children}
      {shortcut && <Key solid={variant === 'primary' || variant === 'danger-solid'}>{shortcut}</Key>}
    </button>
  )
  return disabledReason ? <Tip label={disabledReason}>{button}</Tip> : button
}

export interface ButtonLinkProps extends ComponentProps<typeof Link>, ButtonLook {}

/** A link that looks like a button: it goes somewhere, so it opens in a new tab like any link. */
export function ButtonLink({ variant, size, icon, shortcut, className, children, ...rest }: ButtonLinkProps) {
  return (
    <Link {...rest} className={classNames(buttonClass({ variant, size }), className)}>
      {icon}
      {children}
      {shortcut && <Key solid={variant === 'primary' || variant === 'danger-solid'}>{shortcut}</Key>}
    </Link>
  )
}

export interface IconButtonProps extends Omit<ButtonProps, 'children' | 'icon'> {
  /** Read by screen readers and shown on hover. */
  label: string
  children: ReactNode
}

/** A square button with only an icon; its label is shown on hover and focus. */
export function IconButton({ label, size = 'medium', className, children, ...rest }: IconButtonProps) {
  const square = size === 'small' ? 'w-7 px-0!' : size === 'large' ? 'w-12 px-0!' : 'w-8 px-0!'
  const button = (
    <Button {...rest} size={size} aria-label={label} className={classNames(square, className)}>
      {children}
    </Button>
  )
  return rest.disabledReason ? button : <Tip label={label}>{button}</Tip>
}
