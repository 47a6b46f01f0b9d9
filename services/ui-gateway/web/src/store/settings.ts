import { useMediaQuery } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'

export type Theme = 'system' | 'light' | 'dark'

// As the bare word, because boot.js reads it before anything else is there.
const key = 'im:theme'

function stored(): Theme {
  try {
    const theme = localStorage.getItem(key)
    return theme === 'light' || theme === 'dark' ? theme : 'system'
  } catch {
    return 'system'
  }
}

/** What everybody sets for this browser: whoever signs in next may have it. */
export const useSettings = defineStore('settings', () => {
  const theme = ref<Theme>(stored())
  const prefersDark = useMediaQuery('(prefers-color-scheme: dark)')
  const isDark = computed(() => theme.value === 'dark' || (theme.value === 'system' && prefersDark.value))
  watch(isDark, (dark) => (document.documentElement.dataset.theme = dark ? 'dark' : 'light'))
  watch(theme, (now) => {
    try {
      if (now === 'system') localStorage.removeItem(key)
      else localStorage.setItem(key, now)
    } catch {
      // Then it holds until the page is closed.
    }
  })
  return { theme, isDark }
})
