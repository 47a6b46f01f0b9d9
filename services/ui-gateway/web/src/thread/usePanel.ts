import { useMediaQuery } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'

/** Whether the panel of the contact is shown: beside the thread where there is room, else only when it is asked for. */
export const usePanel = defineStore('panel', () => {
  const hasRoom = useMediaQuery('(min-width: 1100px)')
  const wanted = ref<boolean | null>(null)
  const isOpen = computed(() => wanted.value ?? hasRoom.value)
  const toggle = () => void (wanted.value = !isOpen.value)
  return { isOpen, toggle }
})
