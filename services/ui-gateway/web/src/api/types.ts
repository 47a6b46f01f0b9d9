import type { components } from './schema'

// What the product's API answers: its OpenAPI document says it, and `schema.ts` is made of that. Here are the names by which this page
// speaks of it, and what the document leaves open.

type Schemas = components['schemas']

export type Id = string
/** RFC 3339, UTC. */
export type Time = string

export interface Page<T> {
  data: T[]
  next_cursor: string | null
}

export type Account = Schemas['AccountView']
export type Contact = Schemas['ContactView']
export type WindowState = Schemas['WindowState']
export type ResponseWindow = Schemas['ResponseWindow']
export type Attachment = Schemas['AttachmentView']
export type Reaction = Schemas['ReactionView']
export type SendError = Schemas['SendError']
export type Referral = Schemas['Referral']
export type MessageStatus = NonNullable<Schemas['MessageStatus']>
export type SendAnswer = Schemas['SendAnswer']
export type ExcerptPart = Schemas['ExcerptPart']
export type QueueCounts = Schemas['QueueCount']

/** A quotation; its kind may be younger than this page. */
export type ReplyTo = Omit<Schemas['ReplyToView'], 'kind'> & { kind: string | null }

export type Message = Omit<Schemas['MessageView'], 'kind' | 'reply_to' | 'metadata'> & {
  /** One of the kinds of the reference, or one that is younger than this page. */
  kind: string
  reply_to: ReplyTo | null
  /** What whoever sent it gave along. */
  metadata: Record<string, unknown> | null
}

export type Conversation = Omit<Schemas['ConversationView'], 'last_message'> & {
  last_message: Message | null
}

export type CannedReply = Omit<Schemas['CannedReplyView'], 'account_ids'> & { account_ids: Id[] | null }

/** A saved reply to be kept; without accounts it stays with those that it has. */
export interface NewReply {
  shortcut: string
  text: string
  account_ids?: Id[] | null
}

export interface SearchAnswer {
  messages: { message: Message; conversation: Conversation; excerpt: ExcerptPart[] }[]
  contacts: Conversation[]
}

/** What the stream says, which the document does not describe. A member of `data` is there when the type of the event has it. */
export interface InboxEvent {
  id: Id
  sequence?: number
  type: string
  account_id: Id
  conversation_id: Id | null
  /** Of a frame `presence`, which has no sequence and is in no log. */
  user?: { id: Id; username: string | null }
  state?: 'viewing' | 'typing' | 'gone'
  data?: {
    message?: Message | null
    contact?: Contact
    conversation?: Partial<Conversation> & { id?: Id }
    message_id?: Id | null
    read_at?: Time
    replaces?: Id
    reaction?: Reaction & { action: 'react' | 'unreact' }
    error?: SendError | null
  } | null
}
