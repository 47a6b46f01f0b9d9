const first = 500
const most = 30_000

/**
 * Milliseconds before try number `attempt` (from 0): twice as long each time, up to half a minute, and at random within the upper half, so
 * that thousands of clients that were cut off together do not come back together.
 */
export function backoff(attempt: number, random = Math.random): number {
  const whole = Math.min(most, first * 2 ** Math.min(attempt, 16))
  return Math.round(whole / 2 + (random() * whole) / 2)
}
