import { describe, expect, it } from 'vitest'
import { dayKind, dayOf } from './days'

const at = (time: string) => Date.parse(time)

describe('the day of a message', () => {
  it.each([
    ['2026-03-10T23:30:00Z', 'Europe/Berlin', '2026-03-11'],
    ['2026-03-10T23:30:00Z', 'America/Los_Angeles', '2026-03-10'],
    ['2026-03-10T18:30:00Z', 'Asia/Kolkata', '2026-03-11'],
  ])('%s in %s is %s', (time, zone, day) => expect(dayOf(time, zone)).toBe(day))

  it.each([
    // The clock is put forward on 29 March and back on 25 October 2026.
    ['2026-03-28T22:30:00Z', '2026-03-29T21:59:00Z', 'yesterday'],
    ['2026-03-29T21:59:00Z', '2026-03-29T22:01:00Z', 'yesterday'],
    ['2026-10-24T22:30:00Z', '2026-10-25T22:30:00Z', 'today'],
    ['2026-10-24T21:30:00Z', '2026-10-25T22:30:00Z', 'yesterday'],
    ['2026-10-23T21:30:00Z', '2026-10-25T22:30:00Z', 'other'],
  ])('over a change of the clock: %s seen at %s is %s', (time, now, kind) => {
    expect(dayKind(dayOf(time, 'Europe/Berlin'), at(now), 'Europe/Berlin')).toBe(kind)
  })

  it('changes at the midnight of the reader, while the page is open', () => {
    const day = dayOf('2026-03-10T12:00:00Z', 'Europe/Berlin')
    expect(dayKind(day, at('2026-03-10T22:59:59Z'), 'Europe/Berlin')).toBe('today')
    expect(dayKind(day, at('2026-03-10T23:00:00Z'), 'Europe/Berlin')).toBe('yesterday')
  })
})
