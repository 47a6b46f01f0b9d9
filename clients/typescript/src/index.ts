export {
  InstaMessenger,
  type Options,
  type SendMessage,
  type SendOptions,
  type EventFilter,
  type EventPage,
  type FollowOptions,
} from './client.js'
export { ApiProblem } from './problem.js'
export { isEvent, parseEvent, type EventData, type EventOf, type EventType, type InboxEvent } from './events.js'
export { WebhookRefused, WebhookVerifier, type Verdict } from './webhooks.js'
export type { components, paths } from './schema.js'
