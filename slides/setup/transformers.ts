import { defineTransformersSetup } from '@slidev/types'
import { importsOf, whereIn } from './regions.js'

export default defineTransformersSetup(() => ({
  pre: [
    ({ s, slide, options }) => void importsOf(s.original, options.userRoot, whereIn(slide.source, options.userRoot)),
  ],
}))
