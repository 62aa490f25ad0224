import { Fragment, type ReactNode } from 'react'
import { ExpectedEffects } from '../ui/expected-effects.tsx'
import { Facts, Panel } from '../ui/panel.tsx'
import { Shape } from '../ui/shape.tsx'
import { toneLooks } from '../ui/tone.ts'
import { courseOf, type Failing, reachOf, type ShownPlan } from './plan-words.ts'

/** What would be done, where, what is expected of it, how far it reaches, how it goes in and out again, and what guards it. */
export function PlanPanel({ plan }: { plan: ShownPlan }) {
  const reach = reachOf(plan)
  return (
    <Panel
      title="Plan"
      aside={
        <code className="font-mono text-xs" title={plan.hash}>
          {plan.hash.slice(7, 19)}
        </code>
      }
    >
      <p className="font-semibold text-pretty">{plan.title}</p>
      <p className="text-sm text-third">{plan.target}</p>
      {plan.diff.length > 0 && <Diff rows={plan.diff} />}
      {plan.effects && plan.effects.length > 0 && (
        <Part title="Expected">
          <ExpectedEffects rows={plan.effects} />
        </Part>
      )}
      {reach.length > 0 && (
        <Part title="Blast radius">
          <Facts
            items={reach.map(({ label, value, tone }) => ({
              label,
              value: <span className={tone ? toneLooks[tone].text : undefined}>{value}</span>,
            }))}
          />
        </Part>
      )}
      <Part title="How it goes">
        <Course plan={plan} />
      </Part>
      <Part title="Guards">
        <ul className="space-y-1.5" aria-label="Guards">
          {plan.guards.map((guard) => (
            <li key={guard.name} className="flex gap-2">
              <span className={guard.pass ? 'mt-1 text-normal' : 'mt-1 text-abnormal'}>
                <Shape name={guard.pass ? 'check' : 'triangle'} />
              </span>
              <span className="min-w-0">
                <span className="sr-only">{guard.pass ? 'passes: ' : 'refuses: '}</span>
                <b className="font-medium">{guard.name}</b> <span className="text-second">{guard.detail}</span>
              </span>
            </li>
          ))}
        </ul>
      </Part>
    </Panel>
  )
}

/** Everything that would refuse the plans as things were when people were asked, each with what to do. */
export function RefusedNow({ failing, asked }: { failing: readonly Failing[]; asked: ReactNode }) {
  if (failing.length === 0) return null
  return (
    <Panel edge="abnormal" title="Guards refuse it" aside={asked}>
      <ul className="space-y-3">
        {failing.map(({ plan, name, detail, fix }) => (
          <li key={`${plan ?? ''} ${name}`} className="flex gap-2">
            <span className="mt-1 text-abnormal">
              <Shape name="triangle" />
            </span>
            <div className="min-w-0 [overflow-wrap:anywhere]">
              {plan !== null && <p className="text-sm text-third">{plan}</p>}
              <p>
                Would be refused now: <b className="font-semibold">{name}</b>
              </p>
              <p className="text-second text-pretty">{detail}</p>
              <p className="mt-0.5 text-second text-pretty">{fix}</p>
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="mt-3 border-t border-line pt-3">
      <h3 className="mb-1.5 text-sm font-semibold text-second">{title}</h3>
      {children}
    </section>
  )
}

function Diff({ rows }: { rows: ShownPlan['diff'] }) {
  return (
    <table className="mt-3 w-full">
      <thead className="sr-only">
        <tr>
          <th>what</th>
          <th>before</th>
          <th>after</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.label} className="border-t border-line">
            <th scope="row" className="py-1 pr-3 text-left font-mono text-sm font-normal [overflow-wrap:anywhere]">
              {breakable(row.label)}
            </th>
            <td className="py-1 text-right text-second [overflow-wrap:anywhere] min-w-19">{row.before}</td>
            <td className="w-6 py-1 text-center text-third" aria-hidden>
              →
            </td>
            <td className="py-1 font-semibold [overflow-wrap:anywhere] min-w-19">{row.after}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Course({ plan }: { plan: ShownPlan }) {
  return (
    <dl className="grid grid-cols-[minmax(80px,auto)_1fr] gap-x-4 gap-y-1.5">
      {courseOf(plan).map(({ label, value }) => (
        <div key={`${label} ${value}`} className="contents">
          <dt className="text-third">{label}</dt>
          <dd className="min-w-0 break-words text-pretty">{value}</dd>
        </div>
      ))}
    </dl>
  )
}

/** "edge/server" may break after the slash, so that a phone does not cut a name in two. */
function breakable(label: string): ReactNode {
  return label.split('/').map((part, index) => (
    <Fragment key={index}>
      {index > 0 && (
        <>
          /<wbr />
        </>
      )}
      {part}
    </Fragment>
  ))
}
