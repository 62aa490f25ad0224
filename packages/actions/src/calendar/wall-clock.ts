/** What a clock on the wall of a time zone shows. */

export interface WallClock {
  /** `2026-10-25T02:30` */
  minute: string
  /** `02:30` */
  time: string
  /** 1 is Monday, 7 is Sunday. */
  day: number
}

/** @param at unix ms @param timeZone IANA name @throws RangeError for a zone that does not exist */
export function wallClock(at: number, timeZone: string): WallClock {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  )
  const of = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? ''
  const date = `${of('year').padStart(4, '0')}-${of('month')}-${of('day')}`
  const time = `${of('hour')}:${of('minute')}`
  const sundayFirst = new Date(`${date}T00:00:00Z`).getUTCDay()
  return { minute: `${date}T${time}`, time, day: sundayFirst === 0 ? 7 : sundayFirst }
}

export function isTimeZone(name: string): boolean {
  try {
    formatOf(name)
    return true
  } catch {
    return false
  }
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  })
}
