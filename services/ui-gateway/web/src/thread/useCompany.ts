import { useDocumentVisibility, useIntervalFn } from '@vueuse/core'
import { computed, onScopeDispose, watch } from 'vue'
import { inbox } from '../api/inbox'
import type { Id } from '../api/types'
import { useDrafts } from '../store/drafts'
import { usePresence } from '../store/presence'

const every = 20_000

/** Tells the colleagues that somebody is in this conversation, and who of them is. Nobody waits for it: the next time says it again. */
export function useCompany(conversation: Id) {
  const presence = usePresence()
  const drafts = useDrafts()
  const visibility = useDocumentVisibility()
  const state = computed(() => (visibility.value === 'hidden' ? 'gone' : drafts.of(conversation).text.trim() ? 'typing' : 'viewing'))
  const say = (what: 'viewing' | 'typing' | 'gone') => void inbox.present(conversation, what).catch(() => undefined)

  watch(state, say, { immediate: true })
  useIntervalFn(() => state.value !== 'gone' && say(state.value), every)
  onScopeDispose(() => state.value !== 'gone' && say('gone'))

  return { others: computed(() => presence.of(conversation)) }
}
