import { useMediaQuery } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'
import { storage } from './storage'

export type Theme = 'system' | 'light' | 'dark'

/** How this browser is used; each member has what holds until it is set. */
const usual = { sound: false, shortcuts: true, enterSends: true, isCompact: false }

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

  const used = ref({ ...usual, ...storage.get<Partial<typeof usual>>('settings') })
  watch(used, (now) => storage.set('settings', now), { deep: true })
  const setting = <Name extends keyof typeof usual>(name: Name) =>
    computed({ get: () => used.value[name], set: (value) => (used.value[name] = value) })

  return {
    theme, isDark,
    /** Whether it sounds when a customer writes. */
    sound: setting('sound'),
    /** Whether single letters do something. */
    shortcuts: setting('shortcuts'),
    /** Whether Enter sends, or begins a line and Ctrl or ⌘ with it sends. */
    enterSends: setting('enterSends'),
    /** Whether rows are low, so that more are seen. */
    isCompact: setting('isCompact'),
  }
})
