import { computed, ref, watch, type Ref } from 'vue'
import type { CannedReply, Conversation } from '../api/types'
import { nameOf } from '../rules/name'
import { fill, matching, slashAt, type Slash } from '../rules/replies'
import { useReplies } from '../store/replies'
import { useSession } from '../store/session'

/** As many as one looks through; more letters find the rest. */
const most = 8

/** The saved replies that a slash in the field asks for, and which of them is chosen. */
export function useSavedReplies(conversation: Ref<Conversation>, insert: (text: string, place: Slash) => void) {
  const replies = useReplies()
  const session = useSession()
  const slash = ref<Slash | null>(null)
  const chosen = ref(0)
  /** Closed by hand: the same slash does not open it again. */
  let closedAt: number | null = null

  const values = computed(() => ({
    'contact.name': conversation.value.contact.name ?? nameOf(conversation.value.contact),
    'contact.username': conversation.value.contact.username,
    'agent.name': session.username,
  }))
  const found = computed(() =>
    slash.value === null
      ? []
      : matching(replies.of(conversation.value.account_id), slash.value.search)
          .slice(0, most)
          .map((reply) => ({ ...reply, filled: fill(reply.text, values.value) })),
  )
  watch(() => slash.value?.search, () => (chosen.value = 0))

  /** Called whenever the text or the caret has changed. */
  function look(text: string, caret: number): void {
    const now = slashAt(text, caret)
    if (now === null || now.start !== closedAt) closedAt = null
    slash.value = now !== null && now.start === closedAt ? null : now
    // Those that are known are shown meanwhile, and when they cannot be read.
    if (slash.value) void replies.load(conversation.value.account_id).catch(() => undefined)
  }

  function close(): void {
    closedAt = slash.value?.start ?? null
    slash.value = null
  }

  function pick(reply: CannedReply): void {
    const place = slash.value
    slash.value = null
    if (place) insert(fill(reply.text, values.value), place)
  }

  /** What a key means while they are shown; says whether it was for them. */
  function onKey(event: KeyboardEvent): boolean {
    if (found.value.length === 0 || event.isComposing || event.keyCode === 229) return false
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (by !== undefined) chosen.value = (chosen.value + by + found.value.length) % found.value.length
    else if ((event.key === 'Enter' && !event.shiftKey) || (event.key === 'Tab' && !event.shiftKey)) pick(found.value[chosen.value]!)
    else if (event.key === 'Escape') close()
    else return false
    event.preventDefault()
    event.stopPropagation()
    return true
  }

  return { found, chosen, isAsking: computed(() => slash.value !== null), look, close, pick, onKey }
}
