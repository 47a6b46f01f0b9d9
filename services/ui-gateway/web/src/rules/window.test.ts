import { describe, expect, it } from 'vitest'
import { hasRunOut, timeLeft } from './window'

const now = Date.parse('2026-03-10T12:00:00Z')
const at = (minutes: number) => new Date(now + minutes * 60_000).toISOString()

describe('the response window', () => {
  it.each([
    [24 * 60, 24, 0, 'none'],
    [4 * 60, 4, 0, 'none'],
    [3 * 60 + 59, 3, 59, 'warn'],
    [60, 1, 0, 'warn'],
    [59, 0, 59, 'bad'],
    [0.2, 0, 1, 'bad'],
  ])('with %s minutes left shows %s h %s min, %s', (minutes, hours, rest, urgency) => {
    expect(timeLeft({ state: 'open', closes_at: at(minutes) }, now)).toMatchObject({ kind: 'hours', hours, minutes: rest, urgency })
  })

  it('fills the ring with what is left of a day', () => {
    expect(timeLeft({ state: 'open', closes_at: at(12 * 60) }, now)).toMatchObject({ fraction: 0.5 })
  })

  it('of people only is told in days, and begins none that is not there', () => {
    expect(timeLeft({ state: 'human_agent', closes_at: at(25 * 60) }, now)).toEqual({ kind: 'human', days: 2 })
  })

  it.each([
    { state: 'closed' as const, closes_at: null },
    { state: 'closed' as const, closes_at: at(-5) },
    { state: 'open' as const, closes_at: at(-1) },
  ])('that has ended is closed: %o', (window) => expect(timeLeft(window, now)).toEqual({ kind: 'closed' }))

  it('has run out only when the server told that it was open', () => {
    expect(hasRunOut({ state: 'open', closes_at: at(-1) }, now)).toBe(true)
    expect(hasRunOut({ state: 'open', closes_at: at(1) }, now)).toBe(false)
    expect(hasRunOut({ state: 'closed', closes_at: at(-1) }, now)).toBe(false)
  })
})
