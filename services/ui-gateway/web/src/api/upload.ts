/**
 * Sends a form and tells how much of it is on its way, from 0 to 1, which fetch cannot. Rejects when nobody answers, and with an AbortError
 * when it was stopped.
 */
export function upload(
  method: string,
  path: string,
  headers: Record<string, string>,
  form: FormData,
  onProgress: (part: number) => void,
  signal?: AbortSignal,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const stop = () => request.abort()
    request.open(method, path)
    request.responseType = 'text'
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
    request.upload.onprogress = ({ loaded, total, lengthComputable }) => lengthComputable && onProgress(loaded / total)
    request.onload = () => {
      const { status } = request
      const body = status === 204 || status === 304 ? null : request.responseText
      resolve(new Response(body, { status, headers: headersOf(request.getAllResponseHeaders()) }))
    }
    request.onerror = () => reject(new TypeError('The request failed.'))
    request.onabort = () => reject(new DOMException('The request was stopped.', 'AbortError'))
    request.onloadend = () => signal?.removeEventListener('abort', stop)
    signal?.addEventListener('abort', stop)
    if (signal?.aborted) return reject(new DOMException('The request was stopped.', 'AbortError'))
    request.send(form)
  })
}

function headersOf(lines: string): Headers {
  const headers = new Headers()
  for (const line of lines.trim().split(/\r?\n/)) {
    const at = line.indexOf(':')
    if (at > 0) headers.append(line.slice(0, at).trim(), line.slice(at + 1).trim())
  }
  return headers
}
