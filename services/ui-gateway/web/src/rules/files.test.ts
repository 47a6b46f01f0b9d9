import { describe, expect, it } from 'vitest'
import { faultOf } from './files'

describe('a file', () => {
  it.each([
    [{ type: 'image/svg+xml', size: 100 }, 'files.type'],
    [{ type: 'image/jpeg', size: 30 * 1024 * 1024 }, 'files.large'],
    [{ type: 'image/png', size: 0 }, 'files.empty'],
    [{ type: '', size: 5 }, 'files.type'],
  ])('%o is refused with a reason', (file, key) => expect(faultOf(file, 0)?.key).toBe(key))
  it('that Instagram takes is taken', () => expect(faultOf({ type: 'image/jpeg', size: 5_000 }, 9)).toBeNull())
  it('too many is told', () => expect(faultOf({ type: 'image/jpeg', size: 5_000 }, 10)).toEqual({ key: 'files.many', limit: 10 }))
})
