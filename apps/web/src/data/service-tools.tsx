'use client'
import { useState } from 'react'
import { Sigma, Snowflake } from 'lucide-react'
import { Button, ButtonLink } from '../ui/button.tsx'
import { useSession } from '../ui/session.ts'
import { useShortcut } from '../ui/shortcuts.ts'
import { FreezeDialog } from './freeze-dialog.tsx'
import type { ShownChart } from './service-chart.tsx'

/** What is done with a chart: frozen, computed further. */
export function ServiceTools({ measure, title, shown }: { measure: string; title: string; shown: ShownChart }) {
  const { lacks } = useSession()
  const [freezing, setFreezing] = useState(false)
  const lacking = lacks('operator')
  useShortcut({
    keys: 'f',
    label: 'Freeze into a view',
    group: 'Data',
    run: () => {
      if (!lacking) setFreezing(true)
    },
  })
  const { range } = shown.view
  const compute = `/data/compute?${new URLSearchParams({ of: measure, from: range.from, to: range.to })}`
  return (
    <>
      <Button
        size="small"
        shortcut="F"
        icon={<Snowflake aria-hidden className="size-3.5" />}
        disabledReason={lacking}
        onClick={() => setFreezing(true)}
      >
        Freeze into a view
      </Button>
      <ButtonLink size="small" href={compute} icon={<Sigma aria-hidden className="size-3.5" />}>
        Open in compute
      </ButtonLink>
      {freezing && <FreezeDialog measure={measure} title={title} shown={shown} close={() => setFreezing(false)} />}
    </>
  )
}
