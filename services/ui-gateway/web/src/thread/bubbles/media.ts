import type { Attachment } from '../../api/types'

/** Whether its bytes can be had from here. What only Instagram has is not loaded into the page: its hosts would learn who reads. */
export const isShowable = (attachment: Attachment): boolean =>
  attachment.url.startsWith('/') && !['failed', 'expired', 'purged'].includes(attachment.state)

/** The box of a picture before its bytes are there, so that nothing jumps when they come: its own proportions, or 4:5. */
export function boxOf(attachment: Pick<Attachment, 'width' | 'height'>, most = 320): { width: number; height: number } {
  const { width, height } =
    attachment.width && attachment.height ? { width: attachment.width, height: attachment.height } : { width: 4, height: 5 }
  const scale = Math.min(most / width, (most * 1.25) / height, attachment.width ? 1 : Infinity)
  return { width: Math.max(48, Math.round(width * scale)), height: Math.max(48, Math.round(height * scale)) }
}
