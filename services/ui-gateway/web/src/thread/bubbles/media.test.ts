import { describe, expect, it } from 'vitest'
import { boxOf } from './media'

describe('the box of a picture', () => {
  it.each([
    [{ width: 1000, height: 500 }, { width: 320, height: 160 }],
    [{ width: 500, height: 2000 }, { width: 100, height: 400 }],
    [{ width: 100, height: 100 }, { width: 100, height: 100 }],
    [{ width: null, height: null }, { width: 320, height: 400 }],
    [{ width: 4000, height: 10 }, { width: 320, height: 48 }],
  ])('of %o is %o before its bytes are there', (picture, box) => expect(boxOf(picture)).toEqual(box))
})
