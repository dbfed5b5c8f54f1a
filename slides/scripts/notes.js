/** How fast a lecture is spoken, in words a minute: slow enough for listeners who write. */
const WORDS_A_MINUTE = 120
/** How long it takes to click and to let a step be looked at. */
const SECONDS_A_CLICK = 3

const CLICK = /\[click\]/g
/** What takes time without words: `[demo 60 s]`, `[pause 15 s]`, and the same in Russian. */
const TIMED = /\[(?:demo|pause|показ|пауза) (\d+) (?:s|с)\]/g
/** A paragraph that is there for when things go wrong, or when somebody asks. */
const ASIDE = /^(?:If |To show it live|Если |Показать вживую)/

/** How many clicks a note asks for. */
export const clicksOf = note => note.match(CLICK)?.length ?? 0

/** How long a note takes to be spoken, with its clicks, pauses and demonstrations. */
export function spokenSeconds(note) {
  const timed = [...note.matchAll(TIMED)].reduce((sum, [, seconds]) => sum + Number(seconds), 0)
  const spoken = note.split('\n\n').filter(paragraph => !ASIDE.test(paragraph)).join(' ').replace(CLICK, '').replace(TIMED, '')
  const words = spoken.match(/[\p{L}\p{N}][\p{L}\p{N}'’:.-]*/gu)?.length ?? 0
  return words / WORDS_A_MINUTE * 60 + clicksOf(note) * SECONDS_A_CLICK + timed
}
