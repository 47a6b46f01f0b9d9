import { useEventListener } from '@vueuse/core'
import { commandOf, type Command } from '../rules/keys'

/** Runs what a key means. The browser keeps every key that means nothing here. */
export function useShortcuts(commands: Record<Command, () => unknown>): void {
  useEventListener(document, 'keydown', (event) => {
    if (event.defaultPrevented) return
    const target = event.target instanceof HTMLElement ? event.target : null
    if (target?.closest('dialog')) return
    const inField = Boolean(target?.closest('input, textarea, select, [contenteditable]'))
    const command = commandOf({ key: event.key, keyCode: event.keyCode, ctrlKey: event.ctrlKey, metaKey: event.metaKey, altKey: event.altKey, isComposing: event.isComposing, inField })
    if (!command) return
    if (command === 'leave' && inField) return target?.blur()
    event.preventDefault()
    commands[command]()
  })
}
