import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

/** A line that shows code of a file: `<<< @/path#region language {steps}`. */
const IMPORT = /^<<<[ \t]*@\/([^\s#]+)(?:#(\S+))?(?:[ \t]+\w+)?(?:[ \t]+\{(.*)\})?/
const REGION = /^\s*\/\/ #(end)?region (\S+)/

/** The text of a file, with line feeds alone where a checkout or an editor has put Windows' ends of lines. */
export function readText(file) {
  return readFileSync(file, 'utf8').replaceAll('\r\n', '\n')
}

/**
 * The regions of a source file by name, each with its lines. A region may hold others, whose marks are none of its
 * lines. Throws when one is begun twice, is not ended, or ends before one that it holds.
 */
export function regionsOf(file) {
  const regions = new Map()
  const open = []
  readText(file).split('\n').forEach((line, index) => {
    const [mark, end, name] = REGION.exec(line) ?? []
    const complain = what => { throw new Error(`${file}:${index + 1}: region ${name} ${what}`) }
    if (!mark) {
      open.forEach(name => regions.get(name).push(line))
    }
    else if (end) {
      if (open.pop() !== name)
        complain('ends but is not the last that began')
    }
    else {
      if (regions.has(name))
        complain('begins a second time')
      open.push(name)
      regions.set(name, [])
    }
  })
  if (open.length)
    throw new Error(`${file}: region ${open.at(-1)} does not end`)
  return regions
}

/**
 * The lines that each step lights, as Slidev counts them. A step is `all`, or names a line by a part of its text, or
 * two lines and all between them as `first..last`. Throws when a part is in no line or in more than one.
 */
function litLines(steps, lines) {
  const numberOf = (part) => {
    const found = lines.flatMap((line, index) => line.includes(part) ? [index + 1] : [])
    if (found.length !== 1)
      throw new Error(`'${part}' is in ${found.length} lines of the region, and must be in one`)
    return found[0]
  }
  return steps.split('|').map(step => step === 'all' ? step : step.split('..').map(numberOf).join('-')).join('|')
}

/**
 * The code that a slide's text imports: file, region, lines, and the import with the
 * numbers of the lines to light. `root` is the deck's folder, `where(line)` names
 * a line of the text. Throws when Rust is not imported, or a file or region does not exist: Slidev would show the whole
 * file, silently.
 */
export function importsOf(text, root, where) {
  return text.split('\n').flatMap((line, index) => {
    const here = where(index)
    if (/^\s*```+\s*(rust|rs)\b/.test(line))
      throw new Error(`${here}: Rust is shown by import from a lesson, so that it runs`)
    if (!line.startsWith('<<<'))
      return []
    const [, path, region, steps] = IMPORT.exec(line) ?? []
    if (!region)
      throw new Error(`${here}: an import names a file and a region: <<< @/../lessons/…#region`)
    const file = join(root, path)
    let lines
    try {
      lines = regionsOf(file).get(region)
    }
    catch (why) {
      throw new Error(`${here}: ${why.message}`)
    }
    if (!lines)
      throw new Error(`${here}: ${file} has no region ${region}`)
    let resolved = line
    try {
      if (steps)
        resolved = line.replace(steps, () => litLines(steps, lines))
    }
    catch (why) {
      throw new Error(`${here}: ${why.message}`)
    }
    return [{ file, region, lines, index, resolved }]
  })
}

/** Names a line of a slide's text, counted from 0, as `file:line`. `source` is the slide as Slidev's parser gives it. */
export function whereIn({ filepath, start, raw, content }, folder = '') {
  const before = raw.slice(0, raw.indexOf(content)).split('\n').length
  return (line = 0) => `${relative(folder, filepath)}:${start + before + line}`
}
