import { join } from 'node:path'
import { readText } from './regions.js'

/** A figure of lesson 07 on a slide: `[[03 tokio: CPU]]` of its ten pages, `[[10,000, 03 tokio: CPU]]` of ten thousand. */
const FIGURE = /\[\[(?:(10,000), )?([^:\]]+): ([^\]]+)\]\]/g
/** The columns of the README's table of ten pages, in their order. */
const COLUMNS = ['time', 'floor', 'above', 'CPU', 'site’s CPU', 'memory', 'threads', 'connections', 'peak']
/** Those of ten thousand. */
const MANY = ['time', 'CPU', 'site’s CPU', 'memory']
const NAME = 16

/** The figures that lesson 07's README shows, by `pages, program: column`, as it writes them. */
export function figuresOf(workspace) {
  const readme = readText(join(workspace, 'lessons/07-compare/README.md'))
  const figures = new Map()
  const keep = (key, columns, cells) => columns.forEach((column, index) => figures.set(`${key}: ${column}`, cells[index]))
  for (const line of /^10 pages, times in seconds\n([^]*?)^```/m.exec(readme)[1].split('\n').slice(2))
    keep(line.slice(0, NAME).trim(), COLUMNS, line.slice(NAME).trim().split(/ +/))
  for (const [, program, cells] of readme.matchAll(/^\| ((?:0\d|Python) [^|]+) \| (.*) \|$/gm))
    keep(`10,000, ${program}`, MANY, cells.split(' | '))
  return figures
}

/** A slide's text with its figures as its language writes them. Throws when one is not in the tables. */
export function withFigures(text, figures, lang, where) {
  return text.replace(FIGURE, (_, many, program, column, offset) => {
    const figure = figures.get(`${many ? `${many}, ` : ''}${program}: ${column}`)
    if (!figure)
      throw new Error(`${where(text.slice(0, offset).split('\n').length - 1)}: lesson 07's README has no figure '${program}: ${column}'`)
    return lang === 'ru' ? figure.replace(/(\d),(\d{3})/, '$1 $2').replace('.', ',') : figure
  })
}
