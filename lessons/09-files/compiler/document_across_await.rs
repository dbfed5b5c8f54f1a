//! A parsed document may not go to another thread, so a task that holds one while it awaits is not `Send`. In a block of
//! its own it is gone by then.

use scraper::{Html, Selector};
use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> shared::Result {
    let lesson = shared::start()?;
    let mut tasks: JoinSet<shared::Result<usize>> = JoinSet::new();
    for page in lesson.pages() {
        let (url, file) = (lesson.url(page), std::env::temp_dir().join(format!("cars-{page}.txt")));
        tasks.spawn(async move {
            let html = reqwest::get(url).await?.text().await?;
            let car = Selector::parse("article.car").map_err(|why| why.to_string())?;
            #[cfg(not(feature = "cured"))]
            let document = Html::parse_document(&html);
            #[cfg(not(feature = "cured"))]
            let cars = document.select(&car).count();
            #[cfg(feature = "cured")]
            let cars = {
                let document = Html::parse_document(&html);
                document.select(&car).count()
            };
            tokio::fs::write(file, cars.to_string()).await?;
            #[cfg(not(feature = "cured"))]
            drop(document);
            Ok(cars)
        });
    }
    while let Some(cars) = tasks.join_next().await {
        println!("{} cars", cars??);
    }
    lesson.finish()
}
