import { onScopeDispose, ref, watch } from 'vue'
import type { Message } from '../api/types'
import { keyOf } from '../rules/merge'
import { useOutbox } from '../store/outbox'

/**
 * The address of a file that is still here and not sent yet, so that it is seen at once; null when the server shows it. `remote` is where
 * the server has a picture: the one that is here stays until that one has come.
 */
export function useLocalFile(message: () => Message, remote: () => string | null = () => null) {
  const outbox = useOutbox()
  const address = ref<string | null>(null)
  const forget = () => {
    if (address.value) URL.revokeObjectURL(address.value)
    address.value = null
  }
  watch(
    () => outbox.bubbles.get(keyOf(message()))?.file ?? null,
    (file) => {
      const from = file ? null : remote()
      if (!address.value || !from) forget()
      if (file) address.value = URL.createObjectURL(file)
      if (!address.value || !from) return
      const picture = new Image()
      picture.onload = picture.onerror = forget
      picture.src = from
    },
    { immediate: true },
  )
  onScopeDispose(forget)
  return address
}
