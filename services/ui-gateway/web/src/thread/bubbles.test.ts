// @vitest-environment happy-dom
import { createTestingI18n } from '../text/testing'
import { mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { describe, expect, it } from 'vitest'
import { kinds } from '../rules/preview'
import { message } from '../rules/sample'
import { bubbleFor } from './bubbles'
import UnsupportedBubble from './bubbles/UnsupportedBubble.vue'

const show = (change: Parameters<typeof message>[0]) => {
  const shown = message(change)
  return mount(bubbleFor(shown.kind), { props: { message: shown }, global: { plugins: [createTestingI18n(), createPinia()] } })
}

describe('a message of every kind', () => {
  it.each([...kinds, 'x_new', 'constructor'])('%s is shown, also when nothing is known of it', (kind) => {
    expect(show({ kind, text: null }).html()).not.toBe('')
  })

  it('that is not known here is told as such', () => expect(bubbleFor('x_new')).toBe(UnsupportedBubble))

  it('is text and never markup', () => {
    const text = '<img src=x onerror=alert(1)> [a](javascript:alert(1)) https://shop.example'
    const bubble = show({ kind: 'text', text })
    expect(bubble.findAll('img')).toEqual([])
    expect(bubble.text()).toBe(text)
    expect(bubble.find('a').attributes()).toMatchObject({ href: 'https://shop.example/', rel: 'noopener noreferrer nofollow' })
  })

  it('of a product is no link when its address is none', () => {
    const bubble = show({ kind: 'share', share: { type: 'product', id: '1', title: 'Wool', url: 'javascript:alert(1)' } })
    expect(bubble.findAll('a')).toEqual([])
    expect(bubble.text()).toContain('Wool')
  })
})
