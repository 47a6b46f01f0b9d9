import type { ResponseWindow } from '../api/types'

const minute = 60_000
const hour = 60 * minute
const whole = 24 * hour

/** How urgent it is to answer: none while there is time, warn under four hours, bad under one. */
export type Urgency = 'none' | 'warn' | 'bad'

export type TimeLeft =
  | { kind: 'hours'; hours: number; minutes: number; urgency: Urgency; fraction: number }
  | { kind: 'human'; days: number }
  | { kind: 'closed' }

/**
 * What the ring and its words show of the window that the server told. An open window whose end has passed is shown as closed: the server
 * is asked what it is now, nothing is worked out here.
 */
export function timeLeft(window: ResponseWindow, now: number): TimeLeft {
  const left = window.closes_at === null ? 0 : Date.parse(window.closes_at) - now
  if (window.state === 'closed' || left <= 0) return { kind: 'closed' }
  if (window.state === 'human_agent') return { kind: 'human', days: Math.max(1, Math.ceil(left / whole)) }
  const minutes = Math.max(1, Math.floor(left / minute))
  return {
    kind: 'hours',
    hours: Math.floor(minutes / 60),
    minutes: minutes % 60,
    urgency: left < hour ? 'bad' : left < 4 * hour ? 'warn' : 'none',
    fraction: Math.min(1, left / whole),
  }
}

/** Whether what the server told of the window has run out since. */
export function hasRunOut(window: ResponseWindow, now: number): boolean {
  return window.state !== 'closed' && window.closes_at !== null && Date.parse(window.closes_at) <= now
}
