import { useEventListener } from '@vueuse/core'
import { commandOf, type Command } from '../rules/keys'
import { useSettings } from '../store/settings'

/** Runs what a key means. The browser keeps every key that means nothing here. */
export function useShortcuts(commands: Record<Command, () => unknown>): void {
  const settings = useSettings()
  useEventListener(document, 'keydown', (event) => {
    if (event.defaultPrevented) return
    const target = event.target instanceof HTMLElement ? event.target : null
    // Also when the focus fell out of it, as from a button that is busy: Escape closes the dialog and nothing behind it.
    if (document.querySelector('dialog[open]')) return
    const inField = Boolean(target?.closest('input, textarea, select, [contenteditable]'))
    const command = commandOf({ key: event.key, keyCode: event.keyCode, ctrlKey: event.ctrlKey, metaKey: event.metaKey, altKey: event.altKey, shiftKey: event.shiftKey, isComposing: event.isComposing, inField }, settings.shortcuts)
    if (!command) return
    if (command === 'leave' && inField) return target?.blur()
    event.preventDefault()
    commands[command]()
  })
}
