import { useMediaQuery } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'
import { storage } from './storage'

export type Theme = 'system' | 'light' | 'dark'

/** How this browser is used; each member has what holds until it is set. */
const usual = { sound: false, shortcuts: true, enterSends: true, isCompact: false, notices: false, zone: '' }

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
  // A zone that this browser does not know would end every page with a time in it.
  try {
    new Intl.DateTimeFormat('en', { timeZone: used.value.zone || undefined })
  } catch {
    used.value.zone = ''
  }
  watch(used, (now) => storage.set('settings', now), { deep: true })
  const setting = <Name extends keyof typeof usual>(name: Name) =>
    computed<(typeof usual)[Name]>({ get: () => used.value[name], set: (value) => (used.value[name] = value) })

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
    /** Whether the desktop tells that a customer wrote while nobody looks. */
    notices: setting('notices'),
    /** The time zone of all times, as IANA names it; empty is the device's. */
    zone: setting('zone'),
  }
})
