import type { InboxEvent } from '../api/types'
import { useNotices } from './useNotices'
import { useSound } from './useSound'

/** Called for each message of a customer in the one tab that reads the stream, so that it sounds and is told once. */
export function attend(event: InboxEvent): void {
  useSound().hear(event)
  useNotices().tell(event)
}
