import type { components } from './schema.js'

type Schemas = components['schemas']
type Message = Schemas['MessageView']
type Contact = Schemas['ContactView']
/** A thread right after the event, without its last message. */
type Conversation = Omit<Schemas['ConversationView'], 'last_message'>

interface MessageData {
  message: Message
  contact: Contact
  /** Null while the thread has not begun. */
  conversation: Conversation | null
  /** Where an outbound message was written. */
  origin?: string | null
  /** A message that you know under this id and that is the same one: it is gone. */
  replaces?: string
}

interface ReactionData {
  message_id: string | null
  instagram_message_id: string
  contact: Contact
  conversation: Conversation | null
  reaction: { by: string; action: 'react' | 'unreact'; reaction: string | null; emoji: string | null; at: string }
}

interface AccountData {
  account: { id: string; instagram_account_id: string; messaging_channel_id: string | null; username: string; login_type: string }
}

/** What `data` is, by the type of the event. The product's docs/events.md says when each of them happens. */
export interface EventData {
  'message.received': MessageData
  'message.sent': MessageData
  'message.status': MessageData
  'message.read': {
    contact: Contact
    conversation: Conversation | null
    /** The newest message that they have read; null when it is not known (yet). */
    message_id: string | null
    instagram_message_id: string | null
    read_at: string
  }
  'message.edited': MessageData
  /** The message has nothing of what it said: erase what you keep of it. */
  'message.deleted': MessageData
  'message.reaction': ReactionData
  'message.reaction_failed': ReactionData & { message_id: string; error: Schemas['SendError'] | null }
  'message.media': MessageData
  'postback.received': MessageData & { postback: Schemas['Postback'] | null }
  'referral.received': MessageData & { referral: Schemas['Referral'] | null }
  'comment.received': {
    comment: {
      /** A `comment_id` of send. */
      id: string
      media_id: string | null
      text: string | null
      from: { id: string; username: string | null } | null
      parent_id: string | null
      live: boolean
      sent_at: string | null
      raw: unknown
    }
  }
  'contact.updated': { contact: Contact }
  /** Erase what you keep of the person. */
  'contact.erased': { contact: Contact }
  'conversation.updated': { conversation: Schemas['ConversationView'] }
  'account.connected': AccountData
  'account.disconnected': AccountData
  'account.health': AccountData & {
    /** Null when a problem is told. */
    health: Schemas['AccountHealth'] | null
    problem?: { code: string; message: string; next_step: string; webhook_endpoint_id: string; failing_since: string }
  }
  'history.progress': {
    backfill: { state: string; found: number; imported: number; started_at: string; finished_at: string | null; error: string | null }
  }
  'event.unsupported': { what: string; contact_id: string | null; sent_at: string; instagram_message_id: string | null; raw: unknown }
  /** Somebody tests an endpoint; it is in no log. */
  'webhook.test': { webhook_endpoint_id: string }
}

export type EventType = keyof EventData

/** Something that happened: the same in every webhook and in the event log. */
export interface InboxEvent {
  /** `evt_…`: recognise repeats by it, because delivery is at least once. */
  id: string
  /** Its place in the log; null for `webhook.test`. */
  sequence: number | null
  /** One of EventType, or one that is younger than this package. */
  type: string
  account_id: string | null
  conversation_id: string | null
  /** RFC 3339, UTC. */
  occurred_at: string
  /** See isEvent; null when the person was erased. */
  data: unknown
}

export type EventOf<T extends EventType> = InboxEvent & { type: T; data: EventData[T] | null }

/** Whether an event is of a type, so that the compiler knows its `data`. */
export function isEvent<T extends EventType>(event: InboxEvent, type: T): event is EventOf<T> {
  return event.type === type
}

/** Reads an event of any type, also of those that nobody knew when this was written. Throws SyntaxError when it is none. */
export function parseEvent(json: string): InboxEvent {
  const event: unknown = JSON.parse(json)
  const { id, type } = (event ?? {}) as Partial<InboxEvent>
  if (typeof id !== 'string' || typeof type !== 'string') throw new SyntaxError('It is no event.')
  return event as InboxEvent
}
