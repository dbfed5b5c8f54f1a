// Writes the schedule, which follows from the slides' minutes, into README.md and README.ru.md.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { readText } from '../setup/regions.js'
import { root, scheduleOf } from './deck.js'

const HEADS = { en: ['section', 'minutes', 'from'], ru: ['раздел', 'минут', 'с'] }
const TOTAL = { en: 'in all', ru: 'всего' }
const MARKED = /(<!-- schedule -->\n).*(?=<!-- end of schedule -->)/s

/** A number of minutes, of which some are halves. */
const written = (minutes, lang) => lang === 'ru' ? String(minutes).replace('.', ',') : String(minutes)

/** A README's text with its schedule as it should be. */
export async function withSchedule(text, lang, folder = root) {
  const sections = await scheduleOf(lang, folder)
  let from = 0
  const rows = sections.map(({ section, title, minutes }) => {
    const began = `${Math.floor(from / 60)}:${String(Math.floor(from % 60)).padStart(2, '0')}`
    from += minutes
    return `| ${section} | ${title} | ${written(minutes, lang)} | ${began} |`
  })
  const [name, minutes, begins] = HEADS[lang]
  const table = [`| | ${name} | ${minutes} | ${begins} |`, '| --- | --- | --- | --- |', ...rows, `| | ${TOTAL[lang]} | ${written(from, lang)} | |`]
  return text.replace(MARKED, (_, mark) => `${mark}\n${table.join('\n')}\n\n`)
}

export const readmes = { en: join(root, 'README.md'), ru: join(root, 'README.ru.md') }

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const [lang, readme] of Object.entries(readmes))
    writeFileSync(readme, await withSchedule(readText(readme), lang))
}
