const made = new Map<string, Intl.DateTimeFormat>()

/** Making one costs a hundred times what using it does, and a thread asks for the day of each of its messages. */
function calendar(zone: string): Intl.DateTimeFormat {
  const known =
    made.get(zone) ?? new Intl.DateTimeFormat('en-CA', { year: 'numeric', month: '2-digit', day: '2-digit', timeZone: zone || undefined })
  made.set(zone, known)
  return known
}

/** The calendar day of a moment where the reader is, as a key that sorts: 2026-03-10. */
export const dayOf = (time: string | number, zone = ''): string => calendar(zone).format(new Date(time))

/** Today, yesterday, or another day. Days are counted on the calendar, never in hours: one with a change of the clock has 23 or 25. */
export function dayKind(day: string, now: number, zone?: string): 'today' | 'yesterday' | 'other' {
  const today = dayOf(now, zone)
  if (day === today) return 'today'
  return day === before(today) ? 'yesterday' : 'other'
}

function before(day: string): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  return new Date(Date.UTC(year, month - 1, date - 1)).toISOString().slice(0, 10)
}
