import { parseEvent, type InboxEvent } from './events.js'

/** What is to be thought of a webhook; all but `Genuine` are reasons to refuse it. */
export type Verdict = 'Genuine' | 'HeaderMissing' | 'TooOld' | 'TooNew' | 'WrongSignature'

/** The headers of a request, of fetch or of Node. */
export type WebhookHeaders = Headers | Record<string, string | string[] | undefined>

/** A webhook that is not to be trusted: answer 401. */
export class WebhookRefused extends Error {
  override readonly name = 'WebhookRefused'

  constructor(readonly verdict: Verdict) {
    super(`The webhook is refused: ${verdict}.`)
  }
}

/** How far a timestamp may be off, in seconds, by the specification. */
const tolerance = 300
const utf8 = new TextEncoder()

/**
 * Proves that a webhook comes from the product, was not changed, and is not an old one that somebody kept: the signature of Standard
 * Webhooks (https://www.standardwebhooks.com).
 */
export class WebhookVerifier {
  readonly #keys: Promise<CryptoKey>[]

  /** Takes the endpoint's secret, or several for the time in which one is replaced by another. */
  constructor(secrets: string | string[]) {
    const keys = [secrets].flat().map(keyOf)
    if (keys.length === 0 || keys.some((key) => key.length === 0)) throw new TypeError('Give a secret.')
    this.#keys = keys.map((key) => crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']))
  }

  /** Verifies a webhook and reads its event. Give the body as it came: JSON that was read and written again has another signature. */
  async read(body: string | Uint8Array, headers: WebhookHeaders): Promise<InboxEvent> {
    const verdict = await this.check(body, headers)
    if (verdict !== 'Genuine') throw new WebhookRefused(verdict)
    return parseEvent(typeof body === 'string' ? body : new TextDecoder().decode(body))
  }

  /** Verifies a webhook. */
  async check(body: string | Uint8Array, headers: WebhookHeaders): Promise<Verdict> {
    const [id, timestamp, signature] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => headerOf(headers, name))
    if (!id || !timestamp || signature === undefined || signature === '') return 'HeaderMissing'
    if (!/^\d+$/.test(timestamp)) return 'TooOld'
    const age = Math.floor(Date.now() / 1000) - Number(timestamp)
    if (age > tolerance) return 'TooOld'
    if (-age > tolerance) return 'TooNew'
    const signed = concat(utf8.encode(`${id}.${timestamp}.`), typeof body === 'string' ? utf8.encode(body) : body)
    const given = signature.split(' ').filter((part) => part.startsWith('v1,')).map((part) => decode(part.slice(3)))
    for (const key of this.#keys) {
      // In a time that does not tell how much of it is right.
      for (const one of given) if (one && (await crypto.subtle.verify('HMAC', await key, one, signed))) return 'Genuine'
    }
    return 'WrongSignature'
  }
}

function headerOf(headers: WebhookHeaders, name: string): string | undefined {
  if (headers instanceof Headers) return headers.get(name) ?? undefined
  const value = headers[name] ?? Object.entries(headers).find(([given]) => given.toLowerCase() === name)?.[1]
  return Array.isArray(value) ? value[0] : value
}

/** The decoded base64 of `whsec_…`, and the UTF-8 bytes of a secret of another form, as the product takes them. */
function keyOf(secret: string): Uint8Array<ArrayBuffer> {
  const decoded = secret.startsWith('whsec_') ? decode(secret.slice(6)) : null
  return decoded?.length ? decoded : concat(utf8.encode(secret))
}

function decode(base64: string): Uint8Array<ArrayBuffer> | null {
  if (base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) return null
  return Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0))
}

function concat(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
