import { describe, expect, it } from 'vitest'
import { byQueue, freeze, isIn } from './order'
import { conversation, message } from './sample'

const at = (id: string, sent: string, closes: string | null = null) =>
  conversation({ id, last_message: message({ sent_at: sent }), window: { state: closes ? 'open' : 'closed', closes_at: closes } })

describe('the order of the list', () => {
  const old = at('cnv_1', '2026-03-10T10:00:00.000Z', '2026-03-10T20:00:00.000Z')
  const young = at('cnv_2', '2026-03-10T11:00:00.000Z', '2026-03-10T21:00:00.000Z')
  const closed = at('cnv_3', '2026-03-10T12:00:00.000Z')

  it('is newest first', () => expect([old, closed, young].sort(byQueue('all')).map((row) => row.id)).toEqual(['cnv_3', 'cnv_2', 'cnv_1']))
  it('of what closes is soonest first', () => {
    expect([closed, young, old].sort(byQueue('closing')).map((row) => row.id)).toEqual(['cnv_1', 'cnv_2', 'cnv_3'])
  })
})

describe('a queue', () => {
  const now = Date.parse('2026-03-10T12:00:00.000Z')
  it('of what awaits a reply has those whose customer spoke last', () => {
    expect(isIn('reply', conversation(), now)).toBe(true)
    expect(isIn('reply', conversation({ last_message: message({ direction: 'outbound' }) }), now)).toBe(false)
  })
  it.each([
    ['2026-03-10T15:59:00.000Z', true],
    ['2026-03-10T16:01:00.000Z', false],
    [null, false],
  ])('of what closes by %s: %s', (closes, is) => expect(isIn('closing', at('cnv_1', '2026-03-10T10:00:00.000Z', closes), now)).toBe(is))
})

describe('under the pointer', () => {
  it('no row moves when another comes up', () => {
    expect(freeze(['a', 'b', 'c'], ['c', 'a', 'b'])).toEqual({ ids: ['a', 'b', 'c'], waiting: 1 })
  })
  it('a new row waits', () => expect(freeze(['a', 'b'], ['n', 'a', 'b'])).toEqual({ ids: ['a', 'b'], waiting: 1 }))
  it('a row that is gone goes', () => expect(freeze(['a', 'b'], ['b'])).toEqual({ ids: ['b'], waiting: 0 }))
  it('the next page comes in at the end', () => expect(freeze(['a', 'b'], ['a', 'b', 'c'])).toEqual({ ids: ['a', 'b', 'c'], waiting: 0 }))
  it('another list is shown at once', () => expect(freeze(['a'], ['x', 'y'])).toEqual({ ids: ['x', 'y'], waiting: 0 }))
})

describe('what was not sent', () => {
  it('is what the server told', () => {
    expect(isIn('failed', conversation({ failed: true }), 0)).toBe(true)
    expect(isIn('failed', conversation({ failed: false }), 0)).toBe(false)
    expect(isIn('reply', conversation({ awaits_reply: true, last_message: message({ direction: 'outbound', status: 'failed' }) }), 0)).toBe(
      true,
    )
  })
})
