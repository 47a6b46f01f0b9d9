import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { dayKind, dayOf } from '../rules/days'
import type { TimeLeft } from '../rules/window'
import { useSettings } from '../store/settings'

const made = new Map<string, Intl.DateTimeFormat>()

/** Making one costs a hundred times what using it does. */
function dates(locale: string, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${name} ${options.timeZone}`
  const format = made.get(key) ?? new Intl.DateTimeFormat(locale, options)
  made.set(key, format)
  return format
}

/** Times and sizes in the reader's language and zone. */
export function useFormat() {
  const { t, locale, n } = useI18n()
  const settings = useSettings()
  const zone = computed(() => settings.zone || undefined)
  // Latin digits everywhere: they stand beside names and addresses that have them.
  const tag = computed(() =>
    locale.value === 'ar'
      ? 'ar-u-nu-latn'
      : locale.value === 'en'
        ? (navigator.languages.find((code) => code.startsWith('en')) ?? 'en-GB')
        : locale.value,
  )
  const shown = (at: string | number, name: string, options: Intl.DateTimeFormatOptions) =>
    dates(tag.value, name, { ...options, timeZone: zone.value }).format(new Date(at))
  const time = (at: string) => shown(at, 'time', { hour: 'numeric', minute: '2-digit' })
  const date = (at: string | number) => shown(at, 'date', { day: 'numeric', month: 'short' })

  function short(at: string, now: number): string {
    const kind = dayKind(dayOf(at, zone.value), now, zone.value)
    return kind === 'today' ? time(at) : kind === 'yesterday' ? t('time.yesterday') : date(at)
  }

  function day(key: string, now: number): string {
    const kind = dayKind(key, now, zone.value)
    if (kind !== 'other') return t(`time.${kind}`)
    const [year, month, date] = key.split('-').map(Number) as [number, number, number]
    const sameYear = key.slice(0, 4) === dayOf(now, zone.value).slice(0, 4)
    const options: Intl.DateTimeFormatOptions = {
      weekday: 'long',
      day: 'numeric',
      month: 'long',
      timeZone: 'UTC',
      ...(sameYear ? {} : { year: 'numeric' }),
    }
    return dates(tag.value, `day${sameYear}`, options).format(new Date(Date.UTC(year, month - 1, date)))
  }

  const isToday = (at: string) => dayKind(dayOf(at, zone.value), Date.now(), zone.value) === 'today'
  const dayAndTime = (at: string) =>
    isToday(at) ? time(at) : shown(at, 'both', { weekday: 'short', day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' })
  const exact = (at: string) => shown(at, 'exact', { dateStyle: 'full', timeStyle: 'medium' })

  function span(milliseconds: number): string {
    const minutes = Math.max(1, Math.floor(milliseconds / 60_000))
    return hours(Math.floor(minutes / 60), minutes % 60)
  }

  function hours(h: number, m: number): string {
    if (h === 0) return t('window.shortMinutes', { m: n(m) })
    return h < 10 && m > 0 ? t('window.short', { h: n(h), m: String(m).padStart(2, '0') }) : t('window.shortHours', { h: n(h) })
  }

  function left(of: TimeLeft): string {
    return of.kind === 'hours' ? hours(of.hours, of.minutes) : t(`window.${of.kind}`)
  }

  function leftLong(of: TimeLeft): string {
    if (of.kind === 'hours') return t('window.left', { time: hours(of.hours, of.minutes) })
    return of.kind === 'human' ? t('window.humanDays', of.days) : t('window.closed')
  }

  function bytes(count: number): string {
    const [value, unit] = count < 1_000_000 ? [count / 1000, 'kilobyte'] : [count / 1_000_000, 'megabyte']
    return new Intl.NumberFormat(tag.value, { style: 'unit', unit, maximumFractionDigits: value < 10 ? 1 : 0 }).format(value)
  }

  const count = (of: number) => new Intl.NumberFormat(tag.value).format(of)

  return { time, short, day, dayAndTime, exact, span, left, leftLong, bytes, count }
}
