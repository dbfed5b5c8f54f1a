//! The pages of the practice site: the listing and a details page for each car, in Russian like those of the original
//! site.
//!
//! Everything follows from the seed and a page's number. The pages contain no text from clients, so they need no
//! escaping and no template engine, which would make each learner's first build slower.

use std::fmt::{Display, Write as _};
use std::sync::OnceLock;

use hyper::body::Bytes;

use crate::random::Draw;

/// The path of the listing; `?page=` and a page's number are appended.
pub const LISTING_PATH: &str = "/search/all/";

/// The URL of a site's listing without the page's number, which the deck's programs append. `authority` is its host and
/// port.
pub fn url_prefix(authority: impl Display) -> String {
    format!("http://{authority}{LISTING_PATH}?page=")
}

/// The path of details pages; a car's id is appended.
pub const DETAILS_PATH: &str = "/details/";

/// How many cars there are on a page.
pub const CARS_A_PAGE: u32 = 20;

/// The most pages that a listing can have without repeating cars' ids.
pub const MOST_PAGES: u32 = u32::MAX / CARS_A_PAGE;

const MODELS: [(&str, &[&str]); 10] = [
    ("Toyota", &["Camry", "Corolla", "RAV4", "Land Cruiser", "Prius", "Highlander"]),
    ("Honda", &["Fit", "CR-V", "Accord", "Stepwgn", "Odyssey"]),
    ("Hyundai", &["Sonata", "Tucson", "Santa Fe", "Accent", "Grandeur"]),
    ("Kia", &["K5", "Sportage", "Sorento", "Rio", "Carnival"]),
    ("Mercedes-Benz", &["E-класс", "C-класс", "S-класс", "Sprinter", "ML-класс"]),
    ("BMW", &["3 серия", "5 серия", "X5", "X3"]),
    ("Audi", &["A4", "A6", "Q5", "Q7"]),
    ("Volkswagen", &["Golf", "Passat", "Tiguan", "Polo"]),
    ("Lexus", &["RX", "GX", "ES", "LX"]),
    ("Subaru", &["Forester", "Outback", "Legacy", "Impreza"]),
];
const TOWNS: [&str; 9] = ["Бишкек", "Ош", "Джалал-Абад", "Каракол", "Токмок", "Нарын", "Талас", "Баткен", "Чолпон-Ата"];
const FUELS: [&str; 5] = ["бензин", "дизель", "газ-бензин", "гибрид", "электро"];
const GEARBOXES: [&str; 3] = ["механика", "автомат", "вариатор"];
const COLOURS: [&str; 8] = ["белый", "чёрный", "серебристый", "серый", "синий", "красный", "зелёный", "бежевый"];
const BODIES: [&str; 6] = ["седан", "хэтчбек", "универсал", "внедорожник", "минивэн", "купе"];
const DRIVES: [&str; 3] = ["передний", "задний", "полный"];
const REMARKS: [&str; 8] = [
    "Состояние отличное, сел и поехал.",
    "Один хозяин, обслуживалась вовремя.",
    "Вложений не требует.",
    "Торг у капота.",
    "Возможен обмен с вашей или нашей доплатой.",
    "Машина в пути, документы готовы.",
    "Зимняя резина в подарок.",
    "Родной пробег, по кузову без окрасов.",
];

/// The cars on offer.
#[derive(Debug)]
pub(crate) struct Listing {
    seed: u64,
    pages: u32,
    /// Caches the first pages, which are requested most.
    first_pages: [OnceLock<Bytes>; 64],
}

/// A car on offer.
#[derive(Clone, Debug)]
pub struct Car {
    /// Its id: no two cars have the same one.
    pub id: u32,
    /// Who made it.
    pub make: &'static str,
    /// The name of the model.
    pub model: &'static str,
    /// The year in which it was made.
    pub year: u32,
    mileage_km: u32,
    /// Its price in dollars.
    pub price_usd: u32,
    price_kgs: u32,
    town: &'static str,
    fuel: &'static str,
    gearbox: &'static str,
    colour: &'static str,
    body: &'static str,
    drive: &'static str,
    left_hand_drive: bool,
    engine_decilitres: u32,
    remarks: [&'static str; 2],
}

impl Listing {
    pub fn new(seed: u64, pages: u32) -> Self {
        Self { seed, pages, first_pages: [const { OnceLock::new() }; 64] }
    }

    /// The HTML of a listing page; `None` beyond the last one.
    pub fn page(&self, page: u32) -> Option<Bytes> {
        if !(1..=self.pages).contains(&page) {
            return None;
        }
        let write = || Bytes::from(self.write_page(page));
        Some(self.first_pages.get(page as usize - 1).map_or_else(write, |written| written.get_or_init(write).clone()))
    }

    /// The HTML of a car's page; `None` when no listing page has it.
    pub fn details(&self, id: u32) -> Option<String> {
        let page = page_of(self.seed, id);
        (page <= self.pages).then(|| {
            let car = Car::of(self.seed, id);
            let title = format!("{} {}, {} г.", car.make, car.model, car.year);
            let mut main = format!("<h1 class=\"details-title\">{title}</h1>\n");
            car.write(&mut main);
            let _ =
                writeln!(main, "<p><a class=\"back\" href=\"/search/all/?page={page}\">Назад к объявлениям</a></p>");
            document(&title, &main)
        })
    }

    fn write_page(&self, page: u32) -> String {
        let mut main = String::with_capacity(28 * 1024);
        let _ = writeln!(
            main,
            "<h1>Продажа автомобилей</h1>\n<p class=\"found\">Объявлений: <b class=\"found-count\">{}</b>. \
             Страница <b class=\"page-number\">{page}</b> из <b class=\"page-count\">{}</b>.</p>",
            u64::from(self.pages) * u64::from(CARS_A_PAGE),
            self.pages
        );
        for id in car_ids(self.seed, page) {
            let car = Car::of(self.seed, id);
            let _ = writeln!(
                main,
                "<article class=\"car\" data-id=\"{}\">\n<h2 class=\"car-title\"><a class=\"car-link\" \
                 href=\"/details/{}\"><span class=\"make\">{}</span> <span class=\"model\">{}</span></a></h2>",
                car.id, car.id, car.make, car.model
            );
            car.write(&mut main);
            main.push_str("</article>\n");
        }
        self.write_pagination(&mut main, page);
        document(&format!("Продажа автомобилей, страница {page} из {}", self.pages), &main)
    }

    fn write_pagination(&self, main: &mut String, page: u32) {
        let link = |main: &mut String, class: &str, to: u32, text: &str| {
            let _ = writeln!(main, "<a class=\"{class}\" href=\"/search/all/?page={to}\">{text}</a>");
        };
        main.push_str("<nav class=\"pagination\">\n");
        if page > 1 {
            link(main, "previous", page - 1, "Назад");
        }
        for near in page.saturating_sub(4).max(1)..=page.saturating_add(4).min(self.pages) {
            if near == page {
                let _ = writeln!(main, "<b class=\"current\">{page}</b>");
            } else {
                link(main, "near", near, &near.to_string());
            }
        }
        if page < self.pages {
            link(main, "next", page + 1, "Вперёд");
        }
        main.push_str("</nav>\n");
    }
}

/// The dollar price of the first car on `page`, as the listing shows it.
pub fn first_price(seed: u64, page: u32) -> u32 {
    Car::of(seed, car_ids(seed, page)[0]).price_usd
}

/// The cars on `page`, from top to bottom.
pub fn cars(seed: u64, page: u32) -> [Car; CARS_A_PAGE as usize] {
    car_ids(seed, page).map(|id| Car::of(seed, id))
}

/// The ids of the cars on `page`, from top to bottom.
pub fn car_ids(seed: u64, page: u32) -> [u32; CARS_A_PAGE as usize] {
    let mask = mask(seed);
    let mut place = page.wrapping_sub(1).wrapping_mul(CARS_A_PAGE);
    [(); _].map(|()| {
        let id = place.wrapping_mul(ODD) ^ mask;
        place = place.wrapping_add(1);
        id
    })
}

/// The page that a car is on, which may be beyond the last one.
pub fn page_of(seed: u64, id: u32) -> u32 {
    (id ^ mask(seed)).wrapping_mul(ODD_INVERSE) / CARS_A_PAGE + 1
}

/// The part of the ids that depends on the seed. With [`ODD`] it maps a car's place in the whole listing to its id, one
/// to one.
fn mask(seed: u64) -> u32 {
    Draw::Ids.random(seed).u32(..)
}

/// Multiplying by an odd number is one to one among 32-bit numbers: it has an inverse.
const ODD: u32 = 0x9E37_79B1;
const ODD_INVERSE: u32 = {
    // Newton's iteration: each step doubles the number of correct bits, starting from 3.
    let mut inverse = ODD;
    let mut step = 0;
    while step < 4 {
        inverse = inverse.wrapping_mul(2u32.wrapping_sub(ODD.wrapping_mul(inverse)));
        step += 1;
    }
    inverse
};

impl Car {
    fn of(seed: u64, id: u32) -> Self {
        let mut random = Draw::Car(id).random(seed);
        let (make, models) = pick(&mut random, &MODELS);
        let year = random.u32(1998..=2025);
        let price_usd = (3_000 + (year - 1998) * 900 + random.u32(0..6_000)) / 50 * 50;
        Self {
            id,
            make,
            model: pick(&mut random, models),
            year,
            mileage_km: (2026 - year) * random.u32(9_000..19_000),
            price_usd,
            price_kgs: price_usd * 87 + random.u32(0..1_000),
            town: pick(&mut random, &TOWNS),
            fuel: pick(&mut random, &FUELS),
            gearbox: pick(&mut random, &GEARBOXES),
            colour: pick(&mut random, &COLOURS),
            body: pick(&mut random, &BODIES),
            drive: pick(&mut random, &DRIVES),
            left_hand_drive: random.bool(),
            engine_decilitres: random.u32(12..=45),
            remarks: [pick(&mut random, &REMARKS), pick(&mut random, &REMARKS)],
        }
    }

    // Strings are concatenated, not formatted, which is faster: a page has twenty cars, and thousands of pages may be
    // requested at once.
    fn write(&self, html: &mut String) {
        let (usd, kgs) = (self.price_usd.to_string(), self.price_kgs.to_string());
        let (year, mileage) = (self.year.to_string(), self.mileage_km.to_string());
        let litres = (self.engine_decilitres / 10).to_string();
        let decilitres = (self.engine_decilitres % 10).to_string();
        html.extend(["<p class=\"car-price\"><strong class=\"price-usd\" data-value=\"", &usd, "\">"]);
        html.extend([&spaced(self.price_usd), " $</strong> <span class=\"price-kgs\" data-value=\"", &kgs, "\">"]);
        html.extend([&spaced(self.price_kgs), " сом</span></p>\n<dl class=\"car-facts\">\n"]);
        html.extend(["<dt>Год выпуска</dt><dd class=\"year\">", &year, "</dd>\n"]);
        html.extend(["<dt>Пробег</dt><dd class=\"mileage\" data-value=\"", &mileage, "\">"]);
        html.extend([&spaced(self.mileage_km), " км</dd>\n"]);
        html.extend([
            "<dt>Двигатель</dt><dd class=\"engine\">",
            &litres,
            ".",
            &decilitres,
            " л, ",
            self.fuel,
            "</dd>\n",
        ]);
        html.extend(["<dt>Коробка передач</dt><dd class=\"gearbox\">", self.gearbox, "</dd>\n"]);
        html.extend(["<dt>Привод</dt><dd class=\"drive\">", self.drive, "</dd>\n"]);
        let wheel = if self.left_hand_drive { "слева" } else { "справа" };
        html.extend(["<dt>Руль</dt><dd class=\"wheel\">", wheel, "</dd>\n"]);
        html.extend(["<dt>Кузов</dt><dd class=\"body\">", self.body, "</dd>\n"]);
        html.extend(["<dt>Цвет кузова</dt><dd class=\"colour\">", self.colour, "</dd>\n"]);
        html.extend(["<dt>Город</dt><dd class=\"town\">", self.town, "</dd>\n</dl>\n"]);
        let [first_remark, second_remark] = self.remarks;
        html.extend(["<p class=\"car-remarks\">", first_remark, " ", second_remark, "</p>\n"]);
    }
}

/// A whole HTML page with nothing but a title and a text, which both must be HTML already.
pub(crate) fn document(title: &str, main: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"ru\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<header><a href=\"/\">Учебный сайт</a></header>\n\
         <main>\n{main}</main>\n</body>\n</html>\n"
    )
}

const STYLE: &str = ":root{color-scheme:light dark;font:1rem/1.5 system-ui,sans-serif}\
    body{max-width:60rem;margin:auto;padding:1rem}.car{border-top:1px solid #8888;padding:.5rem 0}\
    .car-facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(5rem,max-content) minmax(6rem,1fr));gap:0 1rem}\
    dt{opacity:.7}dd,h2,p{margin:0}.pagination{display:flex;flex-wrap:wrap;gap:.75rem;padding:1rem 0}";

fn pick<T: Copy>(random: &mut fastrand::Rng, from: &[T]) -> T {
    from[random.usize(..from.len())]
}

fn spaced(number: u32) -> String {
    console::Lang::Ru.number(u64::from(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(listing: &Listing, page: u32) -> String {
        String::from_utf8(listing.page(page).unwrap().to_vec()).unwrap()
    }

    #[test]
    fn a_page_follows_from_seed_and_number_alone() {
        let listing = Listing::new(7, 100);
        for page in [1, 2, 64, 65, 100] {
            let written = html(&listing, page);
            assert_eq!(written, html(&listing, page));
            assert_eq!(written, html(&Listing::new(7, 100), page));
            assert_ne!(written, html(&Listing::new(8, 100), page));
            assert_eq!(written.matches("<article class=\"car\"").count(), 20);
            assert!((20_000..40_000).contains(&written.len()), "{} bytes", written.len());
        }
        assert_eq!(listing.page(0), None);
        assert_eq!(listing.page(101), None);
    }

    #[test]
    fn each_car_has_a_page_and_no_other_id_has() {
        let listing = Listing::new(7, 3);
        for page in 1..=3 {
            let written = html(&listing, page);
            let ids: Vec<&str> =
                written.split("data-id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
            assert_eq!(ids.len(), 20);
            assert_eq!(ids, car_ids(7, page).map(|id| id.to_string()));
            for id in ids {
                let details = listing.details(id.parse().unwrap()).unwrap();
                assert!(details.contains(&format!("href=\"/search/all/?page={page}\"")));
            }
        }
        let known = (0..=u32::MAX).step_by(99_991).filter(|&id| listing.details(id).is_some()).count();
        assert!(known <= 1, "{known} of some 43,000 ids are cars, but only 60 of four billion should be");
    }

    #[test]
    fn every_tag_is_closed() {
        let written = html(&Listing::new(7, 10), 5);
        let mut open = Vec::new();
        for tag in written.split('<').skip(1).map(|rest| rest.split(['>', ' ']).next().unwrap()) {
            match tag.strip_prefix('/') {
                Some(closed) => assert_eq!(open.pop(), Some(closed)),
                None if matches!(tag, "!DOCTYPE" | "meta") => {}
                None => open.push(tag),
            }
        }
        assert!(open.is_empty(), "{open:?}");
    }
}
