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
    /// A text and its translation.
    pub fn new(en: impl Into<String>, ru: impl Into<String>) -> Self {
        Self { en: en.into(), ru: ru.into() }
    }

    /// A text that is made of others, in each language.
    pub fn each(text: impl Fn(Lang) -> String) -> Self {
        Self { en: text(Lang::En), ru: text(Lang::Ru) }
    }

    /// The text in `lang`.
    pub fn pick(&self, lang: Lang) -> &str {
        lang.pick(&self.en, &self.ru)
    }

    /// Whether it is empty in one of the languages.
    pub fn lacks_a_language(&self) -> bool {
        self.en.trim().is_empty() || self.ru.trim().is_empty()
    }
}

/// What only [`grade`](crate::grade) says, which is for Linux.
#[cfg(target_os = "linux")]
impl Text {
    /// What is the same in both: a name, or what another program said.
    pub fn same(text: impl Into<String>) -> Self {
        let text = text.into();
        Self::new(text.clone(), text)
    }

    /// The text, and what is said of it after a space.
    #[must_use]
    pub fn with(&self, en: impl AsRef<str>, ru: impl AsRef<str>) -> Self {
        Self::new(format!("{} {}", self.en, en.as_ref()), format!("{} {}", self.ru, ru.as_ref()))
    }

    /// The text that tests compare.
    #[cfg(test)]
    pub fn english(self) -> String {
        self.en
    }
}
