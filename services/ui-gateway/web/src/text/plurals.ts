const arabic = ['zero', 'one', 'two', 'few', 'many', 'other'] as const

/** Which of the six forms of an Arabic sentence a number takes. */
export const arabicForm = (count: number): number => arabic.indexOf(new Intl.PluralRules('ar').select(count) as (typeof arabic)[number])
