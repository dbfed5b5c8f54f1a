// Homework 10 to 13 in Node with `fetch`.

const { PAGE_URL, PAGES } = process.env;
const count = Number(PAGES);
const pages = Array.from({ length: count }, (_, index) => index + 1);
const sleep = (seconds) => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));

async function get(url, signal) {
  const response = await fetch(url, { signal });
  return { status: response.status, headers: response.headers, html: await response.text() };
}

const getPage = (page, signal) => get(PAGE_URL + page, signal);

/** The price on the details page of a page's first car. */
async function getPrice(html) {
  const [, path] = html.match(/class="car-link" href="([^"]+)"/);
  const details = await get(new URL(path, PAGE_URL));
  return Number(details.html.match(/class="price-usd" data-value="(\d+)"/)[1]);
}

/** A channel that holds so many: `put` waits while it is full, `take` while it is empty. */
class Channel {
  #items = [];
  #takers = [];
  #putters = [];

  constructor(most) {
    this.most = most;
  }

  async put(item) {
    const taker = this.#takers.shift();
    if (taker) return taker(item);
    if (this.#items.length < this.most) return void this.#items.push(item);
    await new Promise((resolve) => this.#putters.push({ item, resolve }));
  }

  async take() {
    if (this.#items.length === 0) return new Promise((resolve) => this.#takers.push(resolve));
    const item = this.#items.shift();
    const putter = this.#putters.shift();
    if (putter) {
      this.#items.push(putter.item);
      putter.resolve();
    }
    return item;
  }
}

const homework = {
  async "10"() {
    const channel = new Channel(2);
    const work = async () => {
      while (pages.length > 0) {
        const page = pages.shift();
        await channel.put({ page, ...(await getPage(page)) });
      }
    };
    const consume = async () => {
      for (let done = 0; done < count; done++) {
        const { page, status, html } = await channel.take();
        console.log(`Page: ${page} Status: ${status} Price: ${await getPrice(html)}`);
      }
    };
    await Promise.all([work(), work(), work(), work(), consume()]);
  },

  async "11"() {
    const fate = async (page) => {
      let timeouts = 0;
      for (let attempt = 1; ; attempt++) {
        try {
          const { status, headers } = await getPage(page, AbortSignal.timeout(2000));
          if (status !== 503 || attempt === 3) return `Status: ${status}`;
          await sleep(Number(headers.get("retry-after")));
        } catch (why) {
          if (why.name === "TimeoutError" && ++timeouts === 2) return "Error: timeout";
          if (attempt === 3) return "Error: the connection broke off";
        }
      }
    };
    await Promise.all(
      pages.map(async (page) => {
        const became = await fate(page);
        if (became.startsWith("Error")) process.exitCode = 1;
        console.log(`Page: ${page} ${became}`);
      }),
    );
  },

  async "12"() {
    const controller = new AbortController();
    process.once("SIGINT", () => controller.abort());
    process.once("SIGBREAK", () => controller.abort());
    let done = 0;
    const work = async () => {
      while (pages.length > 0) {
        const page = pages.shift();
        const { status } = await getPage(page, controller.signal);
        console.log(`Page: ${page} Status: ${status}`);
        done++;
      }
    };
    try {
      await Promise.all([work(), work(), work()]);
    } catch (why) {
      if (!controller.signal.aborted) throw why;
      console.log(`Interrupted: ${done} of ${count}`);
      process.exitCode = 130;
    }
  },

  async "13"() {
    const prices = [];
    const sum = () => prices.reduce((one, other) => one + other, 0);
    await Promise.all(
      pages.map(async (page) => {
        const { status, html } = await getPage(page);
        console.log(`Page: ${page} Status: ${status}`);
        prices.push(await getPrice(html));
        console.log(`Sum: ${sum()} of ${prices.length}`);
      }),
    );
    console.log(`Total: ${sum()} Min: ${Math.min(...prices)} Max: ${Math.max(...prices)}`);
  },
};

await homework[process.argv[2]]();
