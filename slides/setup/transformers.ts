import { dirname } from 'node:path'
import { defineTransformersSetup } from '@slidev/types'
import { figuresOf, withFigures } from './figures.js'
import { importsOf, whereIn } from './regions.js'

export default defineTransformersSetup(() => ({
  pre: [
    ({ s, slide, options }) => {
      const where = whereIn(slide.source, options.userRoot)
      const imports = new Map(importsOf(s.original, options.userRoot, where).map(({ index, resolved }) => [index, resolved]))
      const figures = figuresOf(dirname(options.userRoot))
      let start = 0
      s.original.split('\n').forEach((line, index) => {
        const changed = imports.get(index) ?? withFigures(line, figures, options.data.config.lang, () => where(index))
        if (changed !== line)
          s.overwrite(start, start + line.length, changed)
        start += line.length + 1
      })
    },
  ],
}))
