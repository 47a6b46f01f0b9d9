const minute = 60_000

/** What clocks show at a moment, as fields for dates take it: 2026-03-10T09:00. Without a zone the device's. */
export function wallOf(at: number, zone?: string): string {
  // The Swedish way of writing a date is that of ISO 8601.
  const format = new Intl.DateTimeFormat('sv-SE', {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: zone || undefined,
  })
  return format.format(new Date(at)).replace(' ', 'T')
}

/**
 * The moment (Unix ms) when clocks show this; NaN when it is no time. Of an hour that comes twice it is the first, and a time in an hour
 * that is left out counts from the hour before.
 */
export function momentOf(wall: string, zone?: string): number {
  const asUtc = Date.parse(`${wall}Z`)
  if (Number.isNaN(asUtc)) return NaN
  const offset = (at: number) => Date.parse(`${wallOf(at, zone)}Z`) - Math.floor(at / minute) * minute
  const found = [asUtc - offset(asUtc - 86_400_000), asUtc - offset(asUtc + 86_400_000)].find((at) => wallOf(at, zone) === wall)
  return found ?? asUtc - offset(asUtc - 86_400_000)
}
