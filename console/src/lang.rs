//! The two languages of the course, and how each writes numbers.

use std::str::FromStr;

/// A language that learners read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Russian.
    Ru,
}

impl FromStr for Lang {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "en" => Ok(Self::En),
            "ru" => Ok(Self::Ru),
            _ => Err(format!("'{text}' is not one of the course's languages: en, ru")),
        }
    }
}

impl Lang {
    /// The language of the system, if it is one of them; else English.
    pub fn of_system() -> Self {
        match sys_locale::get_locale() {
            Some(locale) if locale.starts_with("ru") => Self::Ru,
            _ => Self::En,
        }
    }

    /// The one of two texts that is in this language.
    pub fn pick<T>(self, en: T, ru: T) -> T {
        match self {
            Self::En => en,
            Self::Ru => ru,
        }
    }

    /// A whole number with its thousands set apart: `10,000`, in Russian `10 000` (with a no-break space).
    pub fn number(self, number: u64) -> String {
        let digits = number.to_string();
        let mut text = String::new();
        for (index, digit) in digits.chars().enumerate() {
            let left = digits.len() - index;
            if index > 0 && left.is_multiple_of(3) {
                text.push(self.pick(',', '\u{a0}'));
            }
            text.push(digit);
        }
        text
    }

    /// A number with its noun: one of `en`'s two forms, or of `ru`'s three (1 запрос, 2 запроса, 5 запросов).
    pub fn count(self, number: u64, en: [&str; 2], ru: [&str; 3]) -> String {
        let noun = match self {
            Self::En => en[usize::from(number != 1)],
            Self::Ru => {
                ru[match (number % 10, number % 100) {
                    (1, hundred) if hundred != 11 => 0,
                    (2..=4, hundred) if !(12..=14).contains(&hundred) => 1,
                    _ => 2,
                }]
            }
        };
        format!("{} {noun}", self.number(number))
    }

    /// A length of time in microseconds, in seconds with two decimals: `0.31 s`, in Russian `0,31 с`. What would have
    /// no more than one digit then is in milliseconds: `4.2 ms`.
    pub fn seconds(self, micros: u64) -> String {
        if micros == 0 || micros >= 100_000 {
            return self.seconds_to(micros, 2);
        }
        self.millis(micros)
    }

    /// A length of time in microseconds, in milliseconds to a tenth: `2,031.0 ms`, in Russian `2 031,0 мс`.
    pub fn millis(self, micros: u64) -> String {
        let (whole, tenth) = (self.number(micros / 1000), micros % 1000 / 100);
        self.pick(format!("{whole}.{tenth} ms"), format!("{whole},{tenth} мс"))
    }

    /// A length of time in microseconds, in seconds with as many decimals as are asked for.
    pub fn seconds_to(self, micros: u64, decimals: usize) -> String {
        #[expect(clippy::cast_precision_loss, reason = "few decimals are shown")]
        let text = format!("{:.decimals$}", micros as f64 / 1e6);
        let (whole, fraction) = text.split_at(text.find('.').unwrap_or(text.len()));
        let whole = whole.parse().map_or_else(|_| whole.to_owned(), |whole| self.number(whole));
        self.pick(format!("{whole}{fraction} s"), format!("{whole}{} с", fraction.replace('.', ",")))
    }
}

#[cfg(test)]
mod tests {
    use super::Lang::{En, Ru};

    #[test]
    fn numbers_are_written_as_each_language_does() {
        assert_eq!(En.number(999), "999");
        assert_eq!(En.number(1_234_567), "1,234,567");
        assert_eq!(Ru.number(10_000), "10\u{a0}000");
        assert_eq!(En.seconds(2_031_000), "2.03 s");
        assert_eq!(Ru.seconds(2_031_000), "2,03 с");
        assert_eq!(En.seconds(10_102_020_000), "10,102.02 s");
        assert_eq!(Ru.seconds_to(3_000_000, 0), "3 с");
        assert_eq!(En.seconds(4_260), "4.2 ms");
        assert_eq!(Ru.seconds(99_999), "99,9 мс");
        assert_eq!(Ru.millis(2_031_040), "2\u{a0}031,0 мс");
    }

    #[test]
    fn nouns_agree_with_their_numbers() {
        let requests = |number| Ru.count(number, ["request", "requests"], ["запрос", "запроса", "запросов"]);
        let said: Vec<_> = [1, 2, 5, 11, 12, 21, 22, 111, 114, 121].into_iter().map(requests).collect();
        assert_eq!(
            said,
            [
                "1 запрос",
                "2 запроса",
                "5 запросов",
                "11 запросов",
                "12 запросов",
                "21 запрос",
                "22 запроса",
                "111 запросов",
                "114 запросов",
                "121 запрос"
            ]
        );
        assert_eq!(En.count(1, ["request", "requests"], ["", "", ""]), "1 request");
    }
}
