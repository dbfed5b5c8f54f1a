// Homework 01, 02, 03 and 06 in Node with the module `http`, and callbacks.

const http = require("node:http");

const { PAGE_URL, PAGES } = process.env;
const pages = Array.from({ length: Number(PAGES) }, (_, index) => index + 1);
const agent = new http.Agent({ keepAlive: true });

function getPage(page, done) {
  http
    .get(PAGE_URL + page, { agent }, (response) => {
      let html = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => (html += chunk));
      response.on("end", () => {
        const price = html.match(/class="price-usd" data-value="(\d+)"/);
        done(`Page: ${page} Status: ${response.statusCode}`, price ? ` Price: ${price[1]}` : "");
      });
    })
    .on("error", (error) => {
      console.error(error);
      process.exit(1);
    });
}

const homework = {
  "01"() {
    const next = () => {
      if (pages.length === 0) return;
      getPage(pages.shift(), (line, price) => {
        console.log(line + price);
        next();
      });
    };
    next();
  },

  "02"() {
    const next = () => {
      if (pages.length === 0) return;
      getPage(pages.shift(), (line) => {
        console.log(line);
        next();
      });
    };
    for (let worker = 0; worker < 4; worker++) next();
  },

  "03"() {
    const lines = [];
    let missing = pages.length;
    for (const page of pages) {
      getPage(page, (line, price) => {
        lines[page] = line + price;
        if (--missing === 0) lines.forEach((line) => console.log(line));
      });
    }
  },

  "06"() {
    for (const page of pages) getPage(page, (line, price) => console.log(line + price));
  },
};

homework[process.argv[2]]();
