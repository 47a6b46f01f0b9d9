/** Where the simulator is, when the demo's link opened this page; null otherwise. */
export let simulator: string | null = null

const key = 'im:simulator'

/**
 * Reads where the demo's link sent the browser: `#simulator=http://localhost:8090`. It counts on this machine only, so that nobody else's
 * link can put an address into the page.
 */
export function readDemoLink(): void {
  try {
    const given = new URLSearchParams(location.hash.slice(1)).get('simulator')
    const address = given ?? sessionStorage.getItem(key)
    const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(location.hostname)
    if (!isLocal || !address || !/^http:\/\/(?:localhost|127\.0\.0\.1):\d+$/.test(address)) return
    simulator = address
    sessionStorage.setItem(key, address)
    if (given) history.replaceState(history.state, '', location.pathname + location.search)
  } catch {
    // Storage is switched off: then the link is not shown.
  }
}
