import { describe, expect, it } from 'vitest'
import { cardsOf } from './template'

describe('the cards of a template', () => {
  it('are those of a generic one', () => {
    expect(
      cardsOf({
        type: 'generic',
        elements: [{ title: 'Wool', subtitle: 'lot 114', buttons: [{ type: 'url', title: 'Buy', url: 'https://shop.example' }] }],
      }),
    ).toEqual([{ title: 'Wool', subtitle: 'lot 114', buttons: [{ title: 'Buy', href: 'https://shop.example/' }] }])
  })
  it('are the text and buttons of a button template', () => {
    expect(cardsOf({ type: 'button', text: 'Which?', buttons: [{ type: 'postback', title: 'Blue', payload: 'B' }] })).toEqual([
      { title: 'Which?', subtitle: '', buttons: [{ title: 'Blue', href: null }] },
    ])
  })
  it.each([null, 'x', 7, [], {}, { elements: [null, 7] }, { elements: 'x' }])('of %o are none', (template) =>
    expect(cardsOf(template)).toEqual([]),
  )
  it('go nowhere by script', () => {
    expect(cardsOf({ text: 'x', buttons: [{ title: 'a', url: 'javascript:alert(1)' }] })[0]?.buttons).toEqual([{ title: 'a', href: null }])
  })
})
