'use client'
import { useCallback, useMemo } from 'react'
import { usePathname, useRouter, useSearchParams } from 'next/navigation'
import { useNow } from '../ui/now.ts'
import { alignSpan, type Span, spanOf, stepSecondsFor, usualRange } from './time-range.ts'
import { readAddress, type ViewAddress, writeAddress } from './view-address.ts'

export interface AddressedView extends ViewAddress {
  /** The range now, in whole steps. */
  span: Span
  stepSeconds: number
  /** The range of the address could not be read: the usual one is shown instead. */
  unreadable: boolean
  change: (part: Partial<ViewAddress>) => void
}

/** What is looked at lives in the address: it can be linked to, reloaded and gone back from. */
export function useViewAddress(): AddressedView {
  const params = useSearchParams()
  const path = usePathname()
  const router = useRouter()
  const now = useNow()
  const view = useMemo(() => readAddress(params), [params])
  const wanted = spanOf(view.range, now)
  const exact = wanted ?? spanOf(usualRange, now) ?? { from: now - 3_600_000, to: now }
  const stepSeconds = stepSecondsFor(exact)
  const change = useCallback(
    (part: Partial<ViewAddress>) => {
      router.replace(`${path}?${writeAddress({ ...view, ...part })}`, { scroll: false })
    },
    [router, path, view],
  )
  return { ...view, span: alignSpan(exact, stepSeconds), stepSeconds, unreadable: wanted === null, change }
}
