import { defineTransformersSetup } from '@slidev/types'
import { importsOf } from './regions.js'

export default defineTransformersSetup(() => ({
  pre: [
    ({ s, slide, options }) => {
      const { filepath, contentStart = slide.source.start } = slide.source
      importsOf(s.original, options.userRoot, line => `${filepath}:${contentStart + line + 1}`)
    },
  ],
}))
