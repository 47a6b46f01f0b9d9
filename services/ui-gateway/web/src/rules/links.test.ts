import { describe, expect, it } from 'vitest'
import { hrefOf, linkParts } from './links'

describe('links in a text', () => {
  it.each([
    ['see https://shop.example/a?b=1.', 'https://shop.example/a?b=1'],
    ['www.shop.example, please', 'www.shop.example'],
    ['(https://shop.example)', 'https://shop.example'],
    ['https://en.example/wiki/Wool_(fibre)', 'https://en.example/wiki/Wool_(fibre)'],
    ['«https://shop.example/é»', 'https://shop.example/é'],
  ])('of %s is %s', (text, link) => {
    expect(linkParts(text).find((part) => part.kind === 'link')?.text).toBe(link)
    expect(linkParts(text).map((part) => part.text).join('')).toBe(text)
  })

  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java\nscript:alert(1)',
    '\u0001javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:msgbox(1)',
    'file:///etc/passwd',
    'blob:https://shop.example/1',
    'intent://scan/#Intent;scheme=zxing;end',
    'https://shop.example@evil.example/',
    'https://user:pass@evil.example/',
    'https://shop.example/\u202egnp.exe',
    'ftp://shop.example',
    '//evil.example',
    '/relative',
    'https://',
    '',
    null,
  ])('are none of %o', (address) => expect(hrefOf(address)).toBeNull())

  it('leave everything else as it is', () => {
    const text = '<img src=x onerror=alert(1)> http: // x'
    expect(linkParts(text)).toEqual([{ kind: 'text', text }])
  })
})
