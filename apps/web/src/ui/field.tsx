'use client'
import { type ComponentProps, type ReactNode, useId } from 'react'
import { Select as Base } from '@base-ui/react/select'
import { Check, ChevronDown } from 'lucide-react'
import { classNames } from './class-names.ts'

/** The look of every text control. */
export const controlClass =
  'control h-8 rounded-lg border border-line-strong bg-panel px-2.5 text-base text-ink placeholder:text-third aria-invalid:border-abnormal read-only:bg-sunken disabled:opacity-60'

export interface FieldProps {
  label: string
  hint?: ReactNode
  /** What is wrong and how to mend it. */
  error?: string | null
  optional?: boolean
  /** Gets the id and the aria attributes that tie label, hint and error to the control. */
  children: (control: { id: string; 'aria-describedby': string | undefined; 'aria-invalid': boolean }) => ReactNode
}

/** A label, its control, and what is wrong with it. @example <Field label="Name">{(control) => <Input {...control} />}</Field> */
export function Field({ label, hint, error, optional, children }: FieldProps) {
  const id = useId()
  const note = error ?? hint
  return (
    <div>
      <label htmlFor={id} className="mb-1 flex items-baseline gap-2 text-sm font-medium text-second">
        {label}
        {optional && <span className="font-normal text-third">optional</span>}
      </label>
      {children({ id, 'aria-describedby': note ? `${id}-note` : undefined, 'aria-invalid': Boolean(error) })}
      {note && (
        <p id={`${id}-note`} className={classNames('mt-1 text-sm', error ? 'text-abnormal' : 'text-third')}>
          {note}
        </p>
      )}
    </div>
  )
}

export function Input({ className, ...rest }: ComponentProps<'input'>) {
  return <input autoComplete="off" {...rest} className={classNames(controlClass, className)} />
}

export function TextArea({ className, ...rest }: ComponentProps<'textarea'>) {
  return <textarea rows={3} {...rest} className={classNames(controlClass, 'h-auto py-1.5', className)} />
}

interface SelectOption<Value extends string> {
  value: Value
  label: string
  note?: string
}

export interface SelectProps<Value extends string> {
  value: Value
  onChange: (value: Value) => void
  options: SelectOption<Value>[]
  id?: string
  className?: string
  disabled?: boolean
  'aria-label'?: string
  'aria-describedby'?: string | undefined
  'aria-invalid'?: boolean
}

/** A choice of a few. Type to jump, arrows to move. */
export function Select<Value extends string>({
  value,
  onChange,
  options,
  className,
  id,
  disabled,
  ...aria
}: SelectProps<Value>) {
  return (
    <Base.Root
      items={options}
      value={value}
      disabled={disabled}
      onValueChange={(next) => {
        if (next !== null) onChange(next)
      }}
    >
      <Base.Trigger
        id={id}
        {...aria}
        className={classNames(controlClass, 'flex items-center justify-between gap-2 text-left', className)}
      >
        <Base.Value className="truncate" />
        <Base.Icon>
          <ChevronDown aria-hidden className="size-3.5 text-third" />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} alignItemWithTrigger={false} className="z-50">
          <Base.Popup className="max-h-80 min-w-[var(--anchor-width)] overflow-y-auto rounded-lg border border-line bg-panel p-1 shadow-float outline-none">
            {options.map((option) => (
              <Base.Item
                key={option.value}
                value={option.value}
                className="flex min-h-8 cursor-default items-center gap-2 rounded-md px-2 py-1 outline-none select-none data-highlighted:bg-hover"
              >
                <span className="flex size-3.5 items-center">
                  <Base.ItemIndicator>
                    <Check aria-hidden className="size-3.5 text-accent" />
                  </Base.ItemIndicator>
                </span>
                <span>
                  <Base.ItemText>{option.label}</Base.ItemText>
                  {option.note && <span className="block text-sm text-third">{option.note}</span>}
                </span>
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
