// What the product's API answers, by the names of its reference at /docs.

export type Id = string
/** RFC 3339, UTC. */
export type Time = string

export interface Page<T> {
  data: T[]
  next_cursor: string | null
}

export interface Account {
  id: Id
  username: string
  human_agent: boolean
}

export interface Contact {
  id: Id
  username: string | null
  name: string | null
  profile_picture_url: string | null
}

export type WindowState = 'open' | 'human_agent' | 'closed'

export interface ResponseWindow {
  state: WindowState
  closes_at: Time | null
}

export interface Conversation {
  id: Id
  account_id: Id
  contact: Contact
  last_message: Message | null
  unread_count: number
  window: ResponseWindow
  updated_at: Time
}

export type AttachmentState = 'remote' | 'fetching' | 'kept' | 'failed' | 'expired' | 'purged'

export interface Attachment {
  id: Id
  media_type: string
  url: string
  mime_type: string | null
  size_bytes: number | null
  width: number | null
  height: number | null
  state: AttachmentState
}

export interface Reaction {
  by: 'customer' | 'business'
  reaction: string | null
  emoji: string | null
  at: Time
}

export interface ReplyTo {
  message_id: Id | null
  instagram_message_id: string
  kind: string | null
  excerpt: string | null
}

export interface SendError {
  code: string
  message: string
  retryable: boolean
  retry_at: Time | null
}

export type MessageStatus = 'scheduled' | 'pending' | 'sending' | 'sent' | 'read' | 'failed' | 'unknown' | 'cancelled'

export interface Referral {
  ref: string | null
  source: string | null
  type: string | null
  ad_id: string | null
  ad_title: string | null
  product_id: string | null
}

export interface Message {
  id: Id
  instagram_message_id: string | null
  account_id: Id
  conversation_id: Id
  direction: 'inbound' | 'outbound' | 'internal'
  /** One of the kinds of the reference, or one that is younger than this code. */
  kind: string
  text: string | null
  raw: unknown
  attachments: Attachment[]
  story: { id: string | null; url: string | null; expires_at: Time } | null
  share: { type: string; id: string | null; title: string | null; url: string | null } | null
  postback: { title: string | null; payload: string | null } | null
  quick_reply: { payload: string } | null
  referral: Referral | null
  template: unknown
  reactions: Reaction[]
  reply_to: ReplyTo | null
  edits: { text: string | null; edited_at: Time }[]
  status: MessageStatus | null
  origin: 'api' | 'ui' | 'automation' | 'instagram' | null
  sent_by: { type: string; id: string; name: string | null } | null
  error: SendError | null
  metadata: Record<string, unknown> | null
  schedule_at: Time | null
  sent_at: Time
  received_at: Time
  read_at: Time | null
  edited_at: Time | null
  deleted_at: Time | null
}

export interface SendAnswer {
  message_id: Id
  status: MessageStatus
  error: SendError | null
}

export interface ExcerptPart {
  text: string
  hit: boolean
}

export interface SearchAnswer {
  messages: { message: Message; conversation: Conversation; excerpt: ExcerptPart[] }[]
  contacts: Conversation[]
}

/** A member of `data` is there when the type of the event has it. */
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
