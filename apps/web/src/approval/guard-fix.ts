/** What to do about a guard that does not pass, by its name as packages/actions gives it. */

const again = 'then run it again for a new plan.'
const less = `Take less at a time, or add capacity, ${again}`
const correct = `Correct what the step acts upon, ${again}`
const asItIs = 'Nothing is left to do: reject it.'
const reachable = `See in Settings, Connections whether the system answers, ${again}`

export const guardFixes: Readonly<Record<string, string>> = {
  'Writes are allowed': `Resume writes at the top of the page when it is safe, ${again}`,
  'Calendars are open': `Wait until the calendar opens, or have two people agree on an exception in Calendars, ${again}`,
  'It says what it acts upon': correct,
  'The hosts are there': correct,
  'Another zone takes it': correct,
  'The revision is kept': correct,
  'Servers to switch': asItIs,
  'Something to change': asItIs,
  'No silence of ours yet': asItIs,
  'The alert still fires': 'The reason for it is over: reject it.',
  'Its evidence is fresh': 'Run it again on what is so now.',
  'Blast radius': `Select less, or have an admin raise the limit in Settings, Actions, ${again}`,
  'Enough remains': less,
  'Healthy servers remain': less,
  'Load of the rest': less,
  'No pod is lost': less,
  'Most requests pass': `Let more requests pass, ${again}`,
  'The edge reports': reachable,
  'A guard could not be judged': reachable,
  'It may do this': `Have an admin grant it more in Settings, Actions, ${again}`,
  'Suppression is on': `Have it switched on in Alerts, ${again}`,
  'No other action': `Wait until the other one ends, or revert it in Actions, ${again}`,
}

export function fixOf(guard: string): string {
  return guardFixes[guard] ?? `Remove what it names, ${again}`
}
