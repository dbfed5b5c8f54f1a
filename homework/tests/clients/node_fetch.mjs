// Homework 01, 02, 03 and 06 in Node with `fetch`.

const { PAGE_URL, PAGES } = process.env;
const pages = Array.from({ length: Number(PAGES) }, (_, index) => index + 1);

async function getPage(page) {
  const response = await fetch(PAGE_URL + page);
  const price = (await response.text()).match(/class="price-usd" data-value="(\d+)"/);
  return { line: `Page: ${page} Status: ${response.status}`, price: price ? ` Price: ${price[1]}` : "" };
}

const homework = {
  async "01"() {
    for (const page of pages) {
      const { line, price } = await getPage(page);
      console.log(line + price);
    }
  },

  async "02"() {
    const queue = [...pages];
    const work = async () => {
      while (queue.length > 0) {
        const { line } = await getPage(queue.shift());
        console.log(line);
      }
    };
    await Promise.all([work(), work(), work(), work()]);
  },

  async "03"() {
    for (const { line, price } of await Promise.all(pages.map(getPage))) {
      console.log(line + price);
    }
  },

  async "06"() {
    await Promise.all(
      pages.map(async (page) => {
        const { line, price } = await getPage(page);
        console.log(line + price);
      }),
    );
  },
};

await homework[process.argv[2]]();
