/** The common plan of actions that set values: what is, what will be, and that something changes. */
import type { SettingValue, TargetState } from '../driver.ts'
import type { Guard } from '../guards/guard.ts'
import type { Draft } from './draft.ts'

/** @param values what will be, by setting; null takes one away. @param show how people read a value of a setting. */
export function planValues(
  state: TargetState,
  values: Record<string, SettingValue>,
  { title, show = showValue }: { title: string; show?: (value: SettingValue, setting: string) => string },
): Draft & { intent: { kind: 'set-values' }; guards: Guard[] } {
  const before = Object.fromEntries(Object.keys(values).map((name) => [name, state.values[name] ?? null]))
  const changed = Object.keys(values).filter((name) => values[name] !== before[name])
  return {
    title,
    intent: { kind: 'set-values', target: state.target, values },
    revert: { kind: 'set-values', target: state.target, values: before },
    diff: Object.keys(values).map((name) => ({
      label: name,
      before: show(before[name] ?? null, name),
      after: show(values[name] ?? null, name),
    })),
    facts: [
      ...Object.entries(state.notes).map(([label, value]) => ({ label, value })),
      { label: 'verify', value: 'read back' },
    ],
    guards: [
      {
        name: 'Something to change',
        pass: changed.length > 0,
        detail: changed.length > 0 ? changed.join(', ') : 'Everything is as it would be already',
      },
    ],
  }
}

function showValue(value: SettingValue): string {
  return value === null ? 'none' : String(value)
}
