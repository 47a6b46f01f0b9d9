import type { Message } from '../api/types'
import { keyOf } from './merge'

/**
 * The newest answer that somebody else gave since one began to write; null when nobody did. `own` are the keys of what was sent from here.
 */
export function overtakenBy(messages: readonly Message[], since: string | null, own: ReadonlySet<string>): Message | null {
  if (since === null) return null
  return messages.findLast((message) => message.direction === 'outbound' && message.received_at > since && !own.has(keyOf(message))) ?? null
}
