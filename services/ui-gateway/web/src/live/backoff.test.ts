import { describe, expect, it } from 'vitest'
import { backoff } from './backoff'

describe('the wait before the next try', () => {
  it.each([
    [0, 250, 500],
    [1, 500, 1000],
    [5, 8000, 16000],
    [6, 15000, 30000],
    [500, 15000, 30000],
  ])('number %s is between %s and %s ms', (attempt, least, most) => {
    expect(backoff(attempt, () => 0)).toBe(least)
    expect(backoff(attempt, () => 1)).toBe(most)
  })
})
