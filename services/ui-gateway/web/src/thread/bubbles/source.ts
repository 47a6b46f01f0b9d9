import type { Referral } from '../../api/types'

/** Where a customer came from: the name of a sentence and what it names. */
export function sourceOf(referral: Referral): { key: string; name: string } {
  if (referral.ad_id || referral.ad_title) return { key: 'source.ad', name: referral.ad_title ?? referral.ad_id ?? '' }
  if (referral.product_id) return { key: 'source.product', name: referral.product_id }
  return referral.ref ? { key: 'source.link', name: referral.ref } : { key: 'source.other', name: referral.source ?? '' }
}
