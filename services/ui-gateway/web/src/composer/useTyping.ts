import { onScopeDispose } from 'vue'
import { inbox } from '../api/inbox'
import type { Id } from '../api/types'

/** Instagram shows the sign for some twenty seconds. */
const every = 15_000

/** Shows the customer that somebody writes. Whether it was shown nobody learns, and nobody waits for it. */
export function useTyping(conversation: Id) {
  let last = 0
  const say = (on: boolean) => void inbox.typing(conversation, on).catch(() => undefined)

  function typed(): void {
    if (Date.now() - last < every) return
    last = Date.now()
    say(true)
  }

  function stopped(): void {
    if (last === 0) return
    last = 0
    say(false)
  }

  onScopeDispose(() => Date.now() - last < every && stopped())
  return { typed, sent: () => (last = 0), stopped }
}
