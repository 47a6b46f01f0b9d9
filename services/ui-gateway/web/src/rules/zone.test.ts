import { describe, expect, it } from 'vitest'
import { momentOf, wallOf } from './zone'

const utc = (text: string) => Date.parse(text)

describe('a time on the clock of a zone', () => {
  it.each([
    ['2026-03-10T09:00', 'Europe/Berlin', '2026-03-10T08:00:00Z'],
    ['2026-07-10T09:00', 'Europe/Berlin', '2026-07-10T07:00:00Z'],
    ['2026-07-10T09:00', 'America/New_York', '2026-07-10T13:00:00Z'],
    ['2026-07-10T09:00', 'Asia/Kathmandu', '2026-07-10T03:15:00Z'],
    ['2026-01-01T00:30', 'Pacific/Kiritimati', '2025-12-31T10:30:00Z'],
  ])('%s in %s is %s', (wall, zone, moment) => {
    expect(momentOf(wall, zone)).toBe(utc(moment))
    expect(wallOf(utc(moment), zone)).toBe(wall)
  })
  it('that comes twice is the first of both', () => expect(momentOf('2026-10-25T02:30', 'Europe/Berlin')).toBe(utc('2026-10-25T00:30:00Z')))
  it('that is left out is the one an hour on', () =>
    expect(momentOf('2026-03-29T02:30', 'Europe/Berlin')).toBe(utc('2026-03-29T01:30:00Z')))
  it('that is none is none', () => expect(momentOf('', 'Europe/Berlin')).toBeNaN())
})
