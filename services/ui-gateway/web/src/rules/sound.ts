import type { InboxEvent } from '../api/types'

/** At most one sound in this time, in milliseconds. */
export const soundEvery = 3_000

/** Whether an event is heard: a customer wrote just now. What is imported from the past, or is our own, is not. */
export function isHeard(event: InboxEvent, now: number): boolean {
  const message = event.data?.message
  if (event.type !== 'message.received' || !message || message.direction !== 'inbound' || message.history) return false
  return now - Date.parse(message.received_at) < 60_000
}
