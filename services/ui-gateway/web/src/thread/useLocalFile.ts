import { onScopeDispose, ref, watch } from 'vue'
import type { Message } from '../api/types'
import { keyOf } from '../rules/merge'
import { useOutbox } from '../store/outbox'

/** The address of a file that is still here and not sent yet, so that it is seen at once; null when the server shows it. */
export function useLocalFile(message: () => Message) {
  const outbox = useOutbox()
  const address = ref<string | null>(null)
  const forget = () => {
    if (address.value) URL.revokeObjectURL(address.value)
    address.value = null
  }
  watch(
    () => outbox.bubbles.get(keyOf(message()))?.file ?? null,
    (file) => {
      forget()
      if (file) address.value = URL.createObjectURL(file)
    },
    { immediate: true },
  )
  onScopeDispose(forget)
  return address
}
