import type { Conversation } from '../api/types'

export type Queue = 'reply' | 'closing' | 'unread' | 'failed' | 'all'
export const queues: readonly Queue[] = ['reply', 'closing', 'unread', 'failed', 'all']

const times = new WeakMap<Conversation, number>()

/** When the newest message was sent. A row is replaced and never changed, so it is read once: fifty thousand are sorted at each event. */
function newest(row: Conversation): number {
  const known = times.get(row)
  if (known !== undefined) return known
  const time = Date.parse(row.last_message?.sent_at ?? row.updated_at)
  times.set(row, time)
  return time
}
const closing = (row: Conversation): number => (row.window.closes_at ? Date.parse(row.window.closes_at) : Infinity)

/** The order that the server lists a queue in. */
export function byQueue(queue: Queue): (one: Conversation, other: Conversation) => number {
  const tie = (one: Conversation, other: Conversation) => (one.id < other.id ? 1 : one.id > other.id ? -1 : 0)
  return queue === 'closing'
    ? (one, other) => closing(one) - closing(other) || -tie(one, other)
    : (one, other) => newest(other) - newest(one) || tie(one, other)
}

/** Whether the customer spoke last, or has nothing of the answer because it failed: as the server told it. */
export const awaitsReply = (row: Conversation): boolean => row.awaits_reply

/** Whether the newest message of the business did not go out: as the server told it. */
export const hasFailed = (row: Conversation): boolean => row.failed

/** A window that closes within this time is closing; the server counts with the same. */
const soon = 4 * 3_600_000

/** Whether a row belongs to a queue now. */
export function isIn(queue: Queue, row: Conversation, now: number): boolean {
  switch (queue) {
    case 'reply':
      return awaitsReply(row)
    case 'closing':
      return awaitsReply(row) && row.window.state === 'open' && closing(row) - now <= soon
    case 'unread':
      return row.unread_count > 0
    case 'failed':
      return hasFailed(row)
    case 'all':
      return true
  }
}

/**
 * The order that is shown while the reader's hand is in the list: rows that were there keep their places, so that none slides away under
 * the pointer. Returns also how many rows wait to come in.
 */
export function freeze(shown: readonly string[], wanted: readonly string[]): { ids: string[]; waiting: number } {
  const there = new Set(wanted)
  const kept = shown.filter((id) => there.has(id))
  if (kept.length === 0) return { ids: [...wanted], waiting: 0 }
  const known = new Set(kept)
  // What is older than all that is shown, the next page, moves nothing.
  const after = wanted.slice(wanted.findLastIndex((id) => known.has(id)) + 1)
  const ids = [...kept, ...after.filter((id) => !known.has(id))]
  const placed = new Set(ids)
  const moved = wanted.slice(0, wanted.indexOf(kept[0]!)).filter((id) => known.has(id)).length
  return { ids, waiting: wanted.filter((id) => !placed.has(id)).length + moved }
}
