import { describe, expect, it } from 'vitest'
import { commandOf, sends } from './keys'

describe('Enter', () => {
  it('sends', () => expect(sends({ key: 'Enter' }, true)).toBe(true))
  it('that confirms an input method does not', () => {
    expect(sends({ key: 'Enter', isComposing: true }, true)).toBe(false)
    // Safari has ended the composition by then, and tells it by the code alone.
    expect(sends({ key: 'Enter', keyCode: 229 }, true)).toBe(false)
  })
  it('with Shift begins a line', () => expect(sends({ key: 'Enter', shiftKey: true }, true)).toBe(false))
  it('on a phone begins a line, with Ctrl it sends', () => {
    expect(sends({ key: 'Enter' }, false)).toBe(false)
    expect(sends({ key: 'Enter', ctrlKey: true }, false)).toBe(true)
  })
})

describe('a letter', () => {
  it('is a command outside of fields only', () => {
    expect(commandOf({ key: 'j' })).toBe('next')
    expect(commandOf({ key: 'j', inField: true })).toBeNull()
  })
  it.each([
    ['AltGr on a Polish keyboard', { key: 'ą', altKey: true, ctrlKey: true }],
    ['Option on a Mac', { key: '@', altKey: true }],
    ['the browser', { key: 'r', metaKey: true }],
    ['the browser', { key: 'j', ctrlKey: true }],
    ['an input method', { key: 'j', isComposing: true }],
  ])('is left to %s', (_, press) => expect(commandOf(press)).toBeNull())
  it('that some keyboards write with Shift counts all the same', () => expect(commandOf({ key: '?', shiftKey: true })).toBe('help'))
  it('that is switched off is nothing, and Escape still leaves', () => {
    expect(commandOf({ key: 'j' }, false)).toBeNull()
    expect(commandOf({ key: 'Escape' }, false)).toBe('leave')
  })
  it('K with Ctrl or ⌘ opens the palette, in a field and whatever is switched off', () => {
    expect(commandOf({ key: 'k', ctrlKey: true, inField: true }, false)).toBe('palette')
    expect(commandOf({ key: 'K', metaKey: true })).toBe('palette')
    expect(commandOf({ key: 'k', ctrlKey: true, altKey: true })).toBeNull()
  })
  it('behind G goes to a queue, and else is what it is', () => {
    expect(commandOf({ key: 'a' }, true, true)).toBe('goAll')
    expect(commandOf({ key: 'i' }, true, true)).toBe('goReply')
    expect(commandOf({ key: 'i' })).toBe('panel')
    expect(commandOf({ key: 'j' }, true, true)).toBe('next')
    expect(commandOf({ key: 'a' }, false, true)).toBeNull()
  })
  it('E with Ctrl or ⌘ and Shift opens the emoji, in the field', () => {
    expect(commandOf({ key: 'E', ctrlKey: true, shiftKey: true, inField: true })).toBe('emoji')
    expect(commandOf({ key: 'e', ctrlKey: true, inField: true })).toBeNull()
  })
  it.each([
    ['German', { key: '[', altKey: true, ctrlKey: true }],
    ['French', { key: ']', altKey: true, ctrlKey: true }],
  ])('that a %s keyboard writes with AltGr is left alone', (_, press) => expect(commandOf(press)).toBeNull())
  it('Escape leaves a field', () => expect(commandOf({ key: 'Escape', inField: true })).toBe('leave'))
})
