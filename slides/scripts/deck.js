import { readdirSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { load } from '@slidev/parser/fs'
import { figuresOf, withFigures } from '../setup/figures.js'
import { importsOf, readText, regionsOf, whereIn } from '../setup/regions.js'
import { spokenSeconds } from './notes.js'

/** The deck's folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)))
export const langs = ['ru', 'en']

/** The slides of a language's deck in order, without those that only import others. `where` names file and line. */
export async function slidesOf(lang, folder = root) {
  const { slides } = await load(folder, join(folder, `slides.${lang}.md`))
  return slides.map(({ frontmatter, content, note, title, source }) => ({
    frontmatter,
    title,
    note,
    content,
    where: whereIn(source, folder),
  }))
}

/** The sections of a deck, each with the minutes that its slides take together. A cover belongs to the first. */
export async function scheduleOf(lang, folder = root) {
  const sections = []
  let before = 0
  for (const { frontmatter: { section, sectionTitle, minutes = 0 } } of await slidesOf(lang, folder)) {
    if (section)
      sections.push({ section, title: sectionTitle, minutes: 0 })
    if (sections.length)
      sections.at(-1).minutes += minutes
    else
      before += minutes
  }
  sections[0].minutes += before
  return sections.filter(section => section.minutes)
}

/** What two languages of a slide must have in common: all but the words. */
export function shapeOf({ frontmatter, content }) {
  const { layout, class: kind, section, minutes, clicks, routeAlias } = frontmatter
  const lines = content.split('\n')
  const marks = lines.flatMap(line => line.match(/^<<<.*|^`{3,4}.*|^::\w+::|^\s*[-|]|^#+ |\[\[.*?\]\]|<\/?[vA-Z][\w-]*(?: [^>]*)?>/g) ?? [])
  const arrows = lines.flatMap(line => line.match(/-{1,2}(?:>>|x)[+-]?|\b(?:de)?activate\b|\bNote over\b/g) ?? [])
  return JSON.stringify({ layout, kind, section, minutes, clicks, routeAlias, marks, arrows })
}

/** The last lesson that the deck must show: those after it have no slides yet. */
const lastShown = '07'

/** Whether the deck must show a lesson, by its folder. */
function isShown(lesson) {
  return lesson.slice(0, 2) <= lastShown
}

/** The names of the lessons' folders. */
function lessonsOf(workspace) {
  const entries = readdirSync(join(workspace, 'lessons'), { withFileTypes: true })
  return entries.filter(entry => entry.isDirectory()).map(entry => entry.name)
}

/** Commands of a language's READMEs' `sh` blocks, which a test of the workspace runs. */
function commandsOfReadmes(workspace, lang) {
  const name = { en: 'README.md', ru: 'README.ru.md' }[lang]
  const readmes = [name, `homework/${name}`, ...lessonsOf(workspace).map(lesson => `lessons/${lesson}/${name}`)]
  return new Set(readmes.flatMap(readme => linesOf(readText(join(workspace, readme)), 'sh')))
}

/** The lines of a text's blocks of code in a language. */
function linesOf(text, language) {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].flatMap(([, block]) => block.trim().split('\n'))
}

/** The numbers of seconds that a text gives, as it writes them, with a decimal point. */
function secondsIn(text) {
  return [...text.matchAll(/(\d+(?:[.,]\d+)?)[ \u00A0][sс](?![\p{L}\p{N}])/gu)].map(([, number]) => number.replace(',', '.'))
}

/** The pictures of runs that a slide shows, as their files describe them. */
function picturesOf(content, lang, folder) {
  const names = [...content.matchAll(/<Timeline run="([^"]*)"/g)].map(([, name]) => name)
  return names.map(name => /<desc>(.*?)<\/desc>/s.exec(readText(join(folder, 'timelines', lang, `${name}.svg`)))[1])
}

/** Rust files of lessons whose marked regions are there to be shown: programs, and those that are wrong on purpose. */
function shownFiles(workspace) {
  const lessons = join(workspace, 'lessons')
  return readdirSync(lessons, { recursive: true })
    .filter(file => isShown(file) && /^[^/]+\/(src|wrong|compiler)\/.*\.rs$/.test(file.replaceAll('\\', '/')))
    .map(file => join(lessons, file))
}

/** All that is wrong with the decks' sources in a folder, a line each. */
export async function problemsOf(folder = root) {
  const workspace = dirname(folder)
  const problems = []
  const decks = Object.fromEntries(await Promise.all(langs.map(async lang => [lang, await slidesOf(lang, folder)])))
  const figures = figuresOf(workspace)
  for (const [lang, slides] of Object.entries(decks)) {
    const commands = commandsOfReadmes(workspace, lang)
    const aliases = new Set(slides.map(slide => slide.frontmatter.routeAlias))
    const titles = new Set()
    const shown = new Set()
    for (const slide of slides) {
      const { minutes } = slide.frontmatter
      const complain = what => problems.push(`${slide.where()}: ${what}`)
      const attempt = (check) => {
        try {
          check()
        }
        catch (why) {
          problems.push(why.message)
        }
      }
      if (!slide.title)
        complain('a slide without a title')
      else if (titles.has(slide.title))
        complain(`a second slide is called '${slide.title}'`)
      titles.add(slide.title)
      if (!slide.note)
        complain('a slide without presenter notes')
      else if (minutes && spokenSeconds(slide.note) > minutes * 60)
        complain(`its notes take ${Math.ceil(spokenSeconds(slide.note))} s, which is more than its ${minutes} minutes`)
      if (lang === 'en' && /\p{Script=Cyrillic}/u.test(slide.content + slide.note))
        complain('Cyrillic in the English deck')
      for (const command of linesOf(slide.content, 'sh').filter(command => !commands.has(command)))
        complain(`'${command}' is in no README's sh block, so nothing runs it`)
      for (const [, alias] of slide.content.matchAll(/<Link to="([^"]*)"/g)) {
        if (!aliases.has(alias))
          complain(`a link to '${alias}', which no slide is called`)
      }
      attempt(() => {
        const drawn = picturesOf(slide.content, lang, folder).flatMap(secondsIn)
        for (const said of drawn.length ? secondsIn(slide.content) : []) {
          if (!drawn.some(number => Number(number).toFixed(said.split('.')[1]?.length ?? 0) === said))
            complain(`it says ${said} s, and its picture ${drawn.join(', ')} s`)
        }
      })
      attempt(() => importsOf(slide.content, folder, slide.where).forEach(({ file, region }) => shown.add(`${relative(workspace, file)}#${region}`)))
      attempt(() => withFigures(slide.content, figures, lang, slide.where))
    }
    for (const file of shownFiles(workspace)) {
      for (const region of regionsOf(file).keys()) {
        const name = `${relative(workspace, file)}#${region}`
        if (!shown.has(name))
          problems.push(`slides.${lang}.md: no slide shows ${name}`)
      }
    }
    const sections = new Set(slides.map(slide => slide.frontmatter.section))
    const lessons = lessonsOf(workspace).filter(isShown).map(lesson => lesson.slice(0, 2))
    for (const lesson of lessons.filter(lesson => !sections.has(lesson)))
      problems.push(`slides.${lang}.md: no section for lesson ${lesson}`)
    // The appendix takes no time, all slides before it do.
    const appendix = slides.findIndex(slide => slide.frontmatter.section === 'A')
    slides.forEach((slide, index) => {
      if (!slide.frontmatter.minutes !== (index >= appendix))
        problems.push(`${slide.where()}: minutes are for all slides but the appendix`)
    })
  }

  const [ru, en] = langs.map(lang => decks[lang])
  if (ru.length !== en.length)
    problems.push(`${ru.length} slides in Russian, ${en.length} in English`)
  ru.forEach((slide, index) => {
    if (en[index] && shapeOf(slide) !== shapeOf(en[index]))
      problems.push(`${slide.where()} and ${en[index].where()} differ by more than words`)
  })
  return problems
}
