import { call } from './call'

export interface User {
  id: string
  username: string
}

interface SignedIn {
  user: User
}

/** HTTP Basic takes bytes; names and passwords are written in every script. */
function basic(username: string, password: string): string {
  const bytes = new TextEncoder().encode(`${username}:${password}`)
  return 'Basic ' + btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}

export async function signIn(username: string, password: string): Promise<User> {
  const { data } = await call<SignedIn>('POST', '/ui/session', {
    headers: { Authorization: basic(username, password) },
    withoutSignIn: true,
  })
  return data.user
}

export async function signOut(): Promise<void> {
  await call('DELETE', '/ui/session', { withoutSignIn: true })
}

/** Whoever is signed in; null when nobody is. */
export async function whoIsSignedIn(): Promise<User | null> {
  try {
    const { data } = await call<SignedIn>('GET', '/ui/session', { withoutSignIn: true })
    return data.user
  } catch (error) {
    if (error instanceof Error && 'status' in error && error.status === 401) return null
    throw error
  }
}
