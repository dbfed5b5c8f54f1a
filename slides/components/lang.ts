import { useSlideContext } from '@slidev/client'

/** The deck's language: `lang` in the first slide's frontmatter. */
export function useLang(): 'en' | 'ru' {
  return useSlideContext().$slidev.configs.lang
}
