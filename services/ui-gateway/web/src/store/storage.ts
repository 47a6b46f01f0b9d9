const prefix = 'im:'

/** What stays in the browser. It may be switched off or full: then nothing stays, and nothing else is lost. */
export const storage = {
  get<T>(name: string): T | null {
    try {
      const text = localStorage.getItem(prefix + name)
      return text === null ? null : (JSON.parse(text) as T)
    } catch {
      return null
    }
  },
  set(name: string, value: unknown): void {
    try {
      if (value === null || value === undefined) localStorage.removeItem(prefix + name)
      else localStorage.setItem(prefix + name, JSON.stringify(value))
    } catch {
      // Full or forbidden.
    }
  },
  names(beginning: string): string[] {
    try {
      return Object.keys(localStorage)
        .filter((name) => name.startsWith(prefix + beginning))
        .map((name) => name.slice(prefix.length))
    } catch {
      return []
    }
  },
}
