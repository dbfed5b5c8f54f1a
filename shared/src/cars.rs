//! What a page of the listing shows, read from its HTML.

/// A car as the listing shows it, in the types that a database has for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Car {
    /// Its id: no two cars have the same one.
    pub id: i64,
    /// Who made it.
    pub make: String,
    /// The name of the model.
    pub model: String,
    /// The year in which it was made.
    pub year: i32,
    /// Its price in dollars.
    pub price: i32,
}

/// The cars on a page of the listing, from top to bottom; none when it shows no cars.
pub fn cars(html: &str) -> Vec<Car> {
    html.split("<article class=\"car\" ").skip(1).filter_map(car).collect()
}

/// The dollar price of the first car on a page of the listing, which is written there as
/// `<strong class="price-usd" data-value="9050">`; `None` when the page shows no cars.
pub fn first_price(html: &str) -> Option<u32> {
    between(html, PRICE, "\"")?.parse().ok()
}

/// The path of the details page of the first car on a page of the listing, as it stands there in
/// `<a class="car-link" href="/details/1234">`; `None` when the page shows no cars.
pub(crate) fn first_details(html: &str) -> Option<&str> {
    between(html, "class=\"car-link\" href=\"", "\"")
}

const PRICE: &str = "class=\"price-usd\" data-value=\"";

/// The car that is described in a piece of HTML.
fn car(html: &str) -> Option<Car> {
    Some(Car {
        id: between(html, "data-id=\"", "\"")?.parse().ok()?,
        make: between(html, "class=\"make\">", "<")?.to_owned(),
        model: between(html, "class=\"model\">", "<")?.to_owned(),
        year: between(html, "class=\"year\">", "<")?.parse().ok()?,
        price: between(html, PRICE, "\"")?.parse().ok()?,
    })
}

/// What stands after the first `before`, up to `after`.
fn between<'a>(html: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = html.split_once(before)?;
    Some(rest.split_once(after)?.0)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream;

    use site::{Scenario, Site};

    use super::*;

    #[test]
    fn the_first_price_is_that_of_the_first_car() {
        let car = |price| format!("<p><strong class=\"price-usd\" data-value=\"{price}\">{price} $</strong></p>");
        assert_eq!(first_price(&[car("9050"), car("12000")].concat()), Some(9050));
        for without in ["", "<h1>500</h1>", "class=\"price-usd\" data-value=\"90", &car("cheap")] {
            assert_eq!(first_price(without), None, "{without}");
        }
    }

    #[test]
    fn the_site_shows_cars() {
        let site = Site::start(Scenario { gate: "in-flight=1".parse().ok(), ..Scenario::default() }).unwrap();
        let answer = |path: &str| {
            let mut stream = TcpStream::connect(site.address()).unwrap();
            write!(stream, "GET {path} HTTP/1.1\r\nHost: site\r\nConnection: close\r\n\r\n").unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            answer
        };
        let page = |number: u32| answer(&format!("/search/all/?page={number}"));
        let html = page(1);
        let served = site::cars(1, 1).map(|car| Car {
            id: car.id.into(),
            make: car.make.to_owned(),
            model: car.model.to_owned(),
            year: i32::try_from(car.year).unwrap(),
            price: i32::try_from(car.price_usd).unwrap(),
        });
        assert_eq!(cars(&html), served);
        assert_eq!(first_price(&html), u32::try_from(served[0].price).ok());
        let details = format!("/details/{}", served[0].id);
        assert_eq!(first_details(&html), Some(details.as_str()));
        assert_eq!(first_price(&answer(&details)), first_price(&html));
        assert_eq!((cars(&page(11)), first_price(&page(11)), first_details(&page(11))), (vec![], None, None));
    }

    #[test]
    fn what_is_no_car_is_left_out() {
        assert_eq!(cars("<article class=\"car\" data-id=\"x\"><article class=\"car\" data-id=\"1\">"), []);
    }
}
