let context: AudioContext | null = null

/**
 * Plays two short notes, made here so that no file is fetched. Says whether the browser let it: it may refuse until somebody has clicked.
 */
export async function chime(): Promise<boolean> {
  context ??= new AudioContext()
  // It stays pending while the browser refuses.
  await Promise.race([context.resume(), new Promise((resolve) => setTimeout(resolve, 300))])
  if (context.state !== 'running') return false
  note(context, 660, 0)
  note(context, 880, 0.12)
  return true
}

function note(context: AudioContext, frequency: number, after: number): void {
  const [oscillator, gain] = [context.createOscillator(), context.createGain()]
  const at = context.currentTime + after
  oscillator.frequency.value = frequency
  gain.gain.setValueAtTime(0.12, at)
  gain.gain.exponentialRampToValueAtTime(0.001, at + 0.25)
  oscillator.connect(gain).connect(context.destination)
  oscillator.start(at)
  oscillator.stop(at + 0.26)
}
