import { defineTransformersSetup } from '@slidev/types'
import { importsOf, whereIn } from './regions.js'

export default defineTransformersSetup(() => ({
  pre: [
    ({ s, slide, options }) => {
      const text = s.original.split('\n')
      const start = (index: number) => text.slice(0, index).reduce((length, line) => length + line.length + 1, 0)
      for (const { index, resolved } of importsOf(s.original, options.userRoot, whereIn(slide.source, options.userRoot)))
        s.overwrite(start(index), start(index) + text[index].length, resolved)
    },
  ],
}))
