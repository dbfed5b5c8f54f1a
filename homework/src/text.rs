//! Texts in both languages.

use console::Lang;
use serde::Deserialize;

/// A text in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    en: String,
    ru: String,
}

impl Text {
    /// The text in `lang`.
    pub fn pick(&self, lang: Lang) -> &str {
        lang.pick(&self.en, &self.ru)
    }

    /// Whether it is empty in one of the languages.
    pub fn lacks_a_language(&self) -> bool {
        self.en.trim().is_empty() || self.ru.trim().is_empty()
    }
}
