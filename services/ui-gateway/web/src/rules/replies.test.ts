import { describe, expect, it } from 'vitest'
import type { CannedReply } from '../api/types'
import { fill, hasVariable, matching, slashAt } from './replies'

const reply = (shortcut: string, text: string) => ({ id: shortcut, shortcut, text, account_ids: null, editable: true }) as CannedReply

describe('a slash', () => {
  it.each([
    ['/', 1, ''],
    ['/hou', 4, 'hou'],
    ['Hello /hou', 10, 'hou'],
    ['line\n/öff', 9, 'öff'],
    ['/شكرا', 5, 'شكرا'],
  ])('asks for a reply: %j', (text, caret, search) =>
    expect(slashAt(text, caret)).toEqual({ start: caret - search.length - 1, end: caret, search }),
  )

  it.each([
    ['and/or', 6],
    ['https://shop.example', 20],
    ['/hours and more', 15],
    ['a / b', 5],
    ['//', 2],
  ])('asks for none: %j', (text, caret) => expect(slashAt(text, caret)).toBeNull())

  it('counts where the caret is, whatever stands behind it', () =>
    expect(slashAt('/ho before this', 3)).toEqual({ start: 0, end: 3, search: 'ho' }))
})

describe('a saved reply', () => {
  const replies = [reply('shipping', 'It takes two days.'), reply('hours', 'We open at nine.'), reply('office-hours', 'Closed on Sunday.')]
  const found = (search: string) => matching(replies, search).map(({ shortcut }) => shortcut)

  it('is found by its name, anywhere in it, and by its text', () => {
    expect(found('hours')).toEqual(['hours', 'office-hours'])
    expect(found('two days')).toEqual(['shipping'])
    expect(found('NINE')).toEqual(['hours'])
    expect(found('nothing')).toEqual([])
  })

  it('is found without its accents', () => expect(matching([reply('öffnung', 'Café')], 'offnung')).toHaveLength(1))
  it('comes in the order of names when nothing is asked', () => expect(found('')).toEqual(['hours', 'office-hours', 'shipping']))

  it('is filled in', () => {
    expect(fill('Hi {{contact.name}}, {{ agent.name }} here', { 'contact.name': 'Mara', 'agent.name': 'Ana' })).toBe('Hi Mara, Ana here')
  })
  it('shows what is not known', () => {
    const text = fill('Hi {{contact.name}}, {{other}}', { 'contact.name': null })
    expect(text).toBe('Hi {{contact.name}}, {{other}}')
    expect(hasVariable(text)).toBe(true)
  })
  it('takes values as they are', () =>
    expect(fill('{{contact.name}}', { 'contact.name': '$& {{agent.name}}', 'agent.name': 'Ana' })).toBe('$& {{agent.name}}'))
})
