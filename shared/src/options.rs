//! The command line that all lessons have.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser};
use console::{Lang, options};
use site::{Invalid, Scenario, ScenarioOptions};
use url::{ParseError, Url};

/// A lesson of the course: it downloads pages, prints each one's status and how long it took, and shows what the
/// practice site saw.
#[derive(Parser)]
pub struct Options<Own: Args> {
    /// How many pages to ask for
    #[arg(long, value_name = "N", env = "PAGES", default_value = "10")]
    #[arg(value_parser = options::from_1, allow_hyphen_values = true)]
    pub pages: u32,

    /// Ask this site, and start none: a page's number is appended to it
    #[arg(long, value_name = "PREFIX", env = "PAGE_URL")]
    #[arg(conflicts_with_all = ["latency", "seed", "page_size", "gate", "fault", "svg", "scale"])]
    pub url: Option<UrlPrefix>,

    #[command(flatten)]
    scenario: ScenarioOptions,

    /// Write the timeline as a picture
    #[arg(long, value_name = "FILE")]
    pub svg: Option<PathBuf>,

    /// Draw on an axis that spans at least this long, as 2s, so that pictures can be compared
    #[arg(long, value_name = "DURATION", value_parser = options::duration, default_value = "0s", hide_default_value = true)]
    #[arg(allow_hyphen_values = true)]
    pub scale: Duration,

    /// The language of what is said on stderr: en or ru [default: the system's]
    #[arg(long)]
    lang: Option<Lang>,

    #[command(flatten)]
    pub own: Own,
}

impl<Own: Args> Options<Own> {
    pub fn parse() -> Self {
        options::parse()
    }

    pub fn lang(&self) -> Lang {
        self.lang.unwrap_or_else(Lang::of_system)
    }

    /// The scenario for the practice site.
    pub fn scenario(&self) -> Result<Scenario, Invalid> {
        self.scenario.clone().apply(Scenario { pages: self.pages, ..Scenario::default() })
    }
}

/// An http or https URL without the page's number at its end.
#[derive(Clone, Debug)]
pub struct UrlPrefix(String);

impl From<UrlPrefix> for String {
    fn from(UrlPrefix(prefix): UrlPrefix) -> Self {
        prefix
    }
}

impl std::str::FromStr for UrlPrefix {
    type Err = String;

    fn from_str(prefix: &str) -> Result<Self, String> {
        const EXAMPLE: &str = "write it like http://127.0.0.1:8080/search/all/?page=";
        match Url::parse(&format!("{prefix}1")) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(Self(in_ascii(prefix, &url))),
            Ok(url) => Err(format!("{} is not http or https; {EXAMPLE}", url.scheme())),
            Err(ParseError::RelativeUrlWithoutBase) => {
                Err(format!("it does not begin with http:// or https://; {EXAMPLE}"))
            }
            Err(why) => Err(format!("{why}; {EXAMPLE}")),
        }
    }
}

/// The prefix as it goes over the wire, which not every HTTP library works out by itself: other letters than ASCII's
/// are encoded, in the host by Punycode. `url` is that of page 1.
fn in_ascii(prefix: &str, url: &Url) -> String {
    let encoded = url.as_str().strip_suffix('1').filter(|_| !prefix.is_ascii());
    encoded.unwrap_or(prefix).to_owned()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use clap::{Args, Parser};

    use super::{Options, UrlPrefix};

    #[derive(Args)]
    struct NoOptions {}

    #[test]
    fn a_scale_is_a_length_of_time_for_a_site_of_ones_own() {
        let parse = |args: &[&str]| {
            let parsed = Options::<NoOptions>::try_parse_from(["lesson"].iter().chain(args));
            parsed.map(|options| options.scale).map_err(|why| why.to_string())
        };
        assert_eq!(parse(&[]), Ok(Duration::ZERO));
        assert_eq!(parse(&["--scale", "2s"]), Ok(Duration::from_secs(2)));
        for (wrong, why) in [("-1s", "'-1s' is no length of time"), ("2", "write it like"), ("25h", "more than a day")]
        {
            assert!(parse(&["--scale", wrong]).unwrap_err().contains(why), "{wrong}");
        }
        let elsewhere = parse(&["--scale", "2s", "--url", "http://127.0.0.1:8080/search/all/?page="]);
        assert!(elsewhere.unwrap_err().contains("cannot be used with"));
    }

    #[test]
    fn other_letters_than_ascii_are_encoded() {
        let prefix = |text: &str| String::from(text.parse::<UrlPrefix>().unwrap());
        assert_eq!(
            prefix("http://пример.test/?страница="),
            "http://xn--e1afmkfd.test/?%D1%81%D1%82%D1%80%D0%B0%D0%BD%D0%B8%D1%86%D0%B0="
        );
        // What needs no encoding stays as it was written.
        assert_eq!(prefix("HTTP://Example.test:80/a/../?page="), "HTTP://Example.test:80/a/../?page=");
    }

    #[test]
    fn a_prefix_is_an_http_url_without_its_end() {
        let parse = |text: &str| text.parse::<UrlPrefix>();
        assert!(parse("http://127.0.0.1:8080/search/all/?page=").is_ok());
        assert!(parse("https://www.mashina.kg/search/all/?page=").is_ok());
        assert!(parse("127.0.0.1").unwrap_err().starts_with("it does not begin with http://"));
        assert!(parse("ftp://example.org/").unwrap_err().starts_with("ftp is not http or https"));
        assert!(parse("http://:80/").unwrap_err().starts_with("empty host"));
    }
}
