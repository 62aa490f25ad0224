import { Field, Input } from './field.tsx'

interface ReasonFieldProps {
  label?: string
  value: string
  onChange: (reason: string) => void
}

/** One line that says why: it goes on record, where others read it. */
export function ReasonField({ label = 'Why', value, onChange }: ReasonFieldProps) {
  return (
    <Field label={label}>
      {(control) => (
        <Input
          {...control}
          className="w-full"
          maxLength={400}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  )
}
