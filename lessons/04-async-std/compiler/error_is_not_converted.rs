//! `?` converts an error only into a type that says how: `std::io::Error` knows nothing of surf's.

#[cfg(not(feature = "cured"))]
use std::io::Result;

#[cfg(feature = "cured")]
use shared::Result;

#[async_std::main]
async fn main() -> shared::Result {
    let lesson = shared::start()?;
    println!("{}", get_page(lesson.url(1)).await?);
    lesson.finish()
}

async fn get_page(url: String) -> Result<surf::StatusCode> {
    Ok(surf::get(url).await?.status())
}
