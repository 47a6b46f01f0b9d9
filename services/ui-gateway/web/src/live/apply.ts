import type { Conversation, InboxEvent, Message } from '../api/types'
import { inOrder, keyOf } from '../rules/merge'
import type { useConversations } from '../store/conversations'
import type { useOutbox } from '../store/outbox'
import type { useThreads } from '../store/threads'

export interface Stores {
  conversations: ReturnType<typeof useConversations>
  threads: ReturnType<typeof useThreads>
  outbox: Pick<ReturnType<typeof useOutbox>, 'remove'>
}

/** Takes an event into the stores. An event may come twice, and after a page that has it already: both change nothing. */
export function applyEvent(event: InboxEvent, stores: Stores): void {
  const { data, conversation_id: id } = event
  if (!data || !id) return
  if (data.message) takeMessage(id, data.message, data.replaces, stores)
  if (event.type === 'message.reaction' && data.message_id && data.reaction) {
    const { by, action, reaction, emoji, at } = data.reaction
    stores.threads.change(id, data.message_id, (message) => ({
      ...message,
      reactions: [...message.reactions.filter((other) => other.by !== by), ...(action === 'react' ? [{ by, reaction, emoji, at }] : [])],
    }))
  }
  if (event.type === 'message.read' && data.message_id && data.read_at) markRead(id, data.message_id, data.read_at, stores)
  takeConversation(id, event, stores)
}

function takeMessage(id: string, message: Message, replaced: string | undefined, { threads, outbox }: Stores): void {
  threads.put(id, [message], replaced)
  if (message.direction === 'outbound') outbox.remove(keyOf(message))
}

/** Everything of the business up to the message that was read has been read. */
function markRead(id: string, upTo: string, at: string, { threads, conversations }: Stores): void {
  const { messages } = threads.get(id)
  const last = messages.findIndex((message) => message.id === upTo)
  const read = (message: Message): Message => ({ ...message, status: 'read', read_at: message.read_at ?? at })
  threads.put(
    id,
    messages
      .slice(0, last + 1)
      .filter((message) => message.direction === 'outbound' && message.status === 'sent')
      .map(read),
  )
  conversations.change(id, (row) =>
    row.last_message?.id === upTo && row.last_message.status === 'sent' ? { ...row, last_message: read(row.last_message) } : row,
  )
}

function takeConversation(id: string, event: InboxEvent, { conversations }: Stores): void {
  const { conversation, contact, message } = event.data!
  const sequence = event.sequence ?? null
  // The page that the row came with was read later, and has this already.
  if (!conversations.isNews(id, sequence)) return
  const known = conversations.rows.get(id)
  conversations.note(id, sequence)
  if (!known) {
    // A thread that has just begun, or one far down the list that comes up.
    if (conversation && message) conversations.put({ ...conversation, id, last_message: message } as Conversation)
    else if (conversation && 'last_message' in conversation) conversations.put(conversation as Conversation)
    else if (message) void conversations.load(id)
    return
  }
  conversations.change(id, (row) => ({
    ...row,
    ...conversation,
    contact: contact ?? conversation?.contact ?? row.contact,
    last_message: lastOf(row, event),
  }))
  // A server that does not tell the thread with the message knows how many are unread and how long it may be answered.
  if (message && !conversation && event.type === 'message.received') void conversations.load(id)
}

function lastOf(row: Conversation, event: InboxEvent): Message | null {
  const { data } = event
  const told = data?.conversation?.last_message
  if (told !== undefined) return told
  const message = data?.message
  if (!message) return row.last_message
  const last = row.last_message
  return !last || last.id === message.id || last.id === data?.replaces || isNewer(last, message, event) ? message : last
}

/** Of two of one moment, as one webhook brings many, that one is the newer whose event came later. */
function isNewer(last: Message, message: Message, event: InboxEvent): boolean {
  const apart = inOrder(message, last) || Date.parse(message.received_at) - Date.parse(last.received_at)
  return apart > 0 || (apart === 0 && event.type === 'message.received')
}
