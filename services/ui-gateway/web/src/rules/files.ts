const MiB = 1024 * 1024

/** What Instagram takes, by what the browser says a file is. The server looks at the bytes. */
const limits: Record<string, number> = {
  'image/jpeg': 8, 'image/png': 8, 'image/gif': 8,
  'video/mp4': 25, 'video/ogg': 25, 'video/x-msvideo': 25, 'video/quicktime': 25, 'video/webm': 25,
  'audio/aac': 25, 'audio/mp4': 25, 'audio/x-m4a': 25, 'audio/wav': 25, 'audio/x-wav': 25, 'audio/mpeg': 25,
  'application/pdf': 25,
}

export const acceptedTypes = Object.keys(limits).join(',')
export const mostFiles = 10

export type FileFault =
  { key: 'files.empty' } | { key: 'files.type' } | { key: 'files.large'; limit: number } | { key: 'files.many'; limit: number }

/** Why a file cannot be sent, before it is uploaded in vain; null when it may be. */
export function faultOf(file: { type: string; size: number }, already: number): FileFault | null {
  if (already >= mostFiles) return { key: 'files.many', limit: mostFiles }
  const limit = limits[file.type.split(';')[0]!.trim()]
  if (limit === undefined) return { key: 'files.type' }
  if (file.size === 0) return { key: 'files.empty' }
  return file.size > limit * MiB ? { key: 'files.large', limit } : null
}
