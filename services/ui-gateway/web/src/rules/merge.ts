import type { Message } from '../api/types'

/** Under this name a send carries the key of its bubble, and its message brings it back. */
export const bubbleKey = 'bubble'

/** The key of a message's row for life: that of the bubble it was written as, else its id. */
export function keyOf(message: Message): string {
  const key = message.metadata?.[bubbleKey]
  return typeof key === 'string' && message.direction === 'outbound' ? key : message.id
}

/** By Instagram's time. Of equal ones nothing in them says which came first: the server's order does, in which pages and events come. */
export const inOrder = (one: Message, other: Message): number => Date.parse(one.sent_at) - Date.parse(other.sent_at)

/**
 * Puts messages, oldest first, into a thread: one row an id, in order. What comes later replaces what was there. Among messages of one
 * moment new ones stand behind those that are known, or before them when they are from an older page.
 */
export function merge(thread: readonly Message[], news: readonly Message[], replaced?: string, isOlder = false): Message[] {
  const changed = new Map(news.map((message) => [message.id, message]))
  const kept = thread.filter((message) => message.id !== replaced).map((message) => changed.get(message.id) ?? message)
  for (const message of kept) changed.delete(message.id)
  return (isOlder ? [...changed.values(), ...kept] : [...kept, ...changed.values()]).sort(inOrder)
}

const progress = ['scheduled', 'pending', 'sending', 'unknown', 'failed', 'cancelled', 'sent', 'read']

/**
 * Of two versions of a message the later one. A page may have been read before an event was, and come after it: what is sent is not
 * pending again, and what is deleted stays it.
 */
export function later(known: Message | undefined, news: Message): Message {
  if (!known) return news
  if (known.deleted_at && !news.deleted_at) return known
  return progress.indexOf(known.status ?? '') > progress.indexOf(news.status ?? '') &&
    known.status !== 'failed' &&
    known.status !== 'unknown'
    ? known
    : news
}
