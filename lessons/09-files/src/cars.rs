//! The slow work: parsing a page with `scraper`, and saving what it shows.

use std::fmt::Write;
use std::io;
use std::path::Path;

use scraper::{Html, Selector};

/// A page's cars as lines of a table: name and price. It takes long, and awaits nothing: it belongs on a thread that
/// may be blocked.
pub fn table(html: &str) -> shared::Result<String> {
    let selector = |text| Selector::parse(text).map_err(|why| why.to_string());
    let (car, price, name) = (selector("article.car")?, selector("[data-value]")?, selector(".car-link")?);
    let document = Html::parse_document(html);
    let mut table = String::new();
    for car in document.select(&car) {
        let name: String = car.select(&name).flat_map(|name| name.text()).collect();
        let price = car.select(&price).next().and_then(|price| price.attr("data-value")).unwrap_or_default();
        writeln!(table, "{name};{price}")?;
    }
    Ok(table)
}

/// Parses a page, and writes its cars to `page-N.csv`.
#[expect(clippy::disallowed_methods, reason = "it blocks, as its callers know: see `parse`")]
pub fn save(page: u32, html: &str, folder: &Path) -> shared::Result {
    let file = folder.join(format!("page-{page}.csv"));
    let table = table(html)?;
    std::fs::write(&file, table).map_err(|why| cant_be_written(&file, &why))?;
    Ok(())
}

/// What to say when a file can't be written.
pub fn cant_be_written(file: &Path, why: &io::Error) -> String {
    format!("{} can't be written: {why}", file.display())
}
