import type { Message } from '../api/types'

/** Under this name a send carries the key of its bubble, and its message brings it back. */
export const bubbleKey = 'bubble'

/** The key of a message's row for life: that of the bubble it was written as, else its id. */
export function keyOf(message: Message): string {
  const key = message.metadata?.[bubbleKey]
  return typeof key === 'string' && message.direction === 'outbound' ? key : message.id
}

/** By Instagram's time, then as they came. */
export function inOrder(one: Message, other: Message): number {
  return (
    Date.parse(one.sent_at) - Date.parse(other.sent_at) ||
    Date.parse(one.received_at) - Date.parse(other.received_at) ||
    (one.id < other.id ? -1 : one.id > other.id ? 1 : 0)
  )
}

/** Puts messages into a thread: one row an id, oldest first. What comes later replaces what was there. */
export function merge(thread: readonly Message[], news: readonly Message[], replaced?: string): Message[] {
  const rows = new Map(thread.map((message) => [message.id, message]))
  if (replaced) rows.delete(replaced)
  for (const message of news) rows.set(message.id, message)
  return [...rows.values()].sort(inOrder)
}

const progress = ['scheduled', 'pending', 'sending', 'unknown', 'failed', 'cancelled', 'sent', 'read']

/**
 * Of two versions of a message the later one. A page may have been read before an event was, and come after it: what is sent is not
 * pending again, and what is deleted stays it.
 */
export function later(known: Message | undefined, news: Message): Message {
  if (!known) return news
  if (known.deleted_at && !news.deleted_at) return known
  return progress.indexOf(known.status ?? '') > progress.indexOf(news.status ?? '') && known.status !== 'failed' && known.status !== 'unknown'
    ? known
    : news
}
