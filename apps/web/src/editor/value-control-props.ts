import type { Control } from './schema-fields.ts'

/** What every control of a value gets. */
export interface ValueControlProps {
  control: Control
  value: unknown
  /** `undefined` takes the value away, so that the default applies. */
  onChange: (value: unknown) => void
  placeholder?: string
  attributes: { id: string; 'aria-label'?: string; 'aria-describedby': string | undefined; 'aria-invalid': boolean }
  testId?: string
}
