import { defineStore } from 'pinia'
import { ref } from 'vue'

/** The picture that is looked at in full size; null when none is. */
export const useLightbox = defineStore('lightbox', () => {
  const address = ref<string | null>(null)
  return { address, open: (url: string) => void (address.value = url), close: () => void (address.value = null) }
})
